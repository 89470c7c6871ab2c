import { type TEnum, type TObject, type TOptional, type TSchema, Type } from 'typebox';

/** What a form shows of a field. */
export interface Described {
  readonly title: string;
  readonly description: string;
  readonly examples?: readonly unknown[];
}

export const closed = { additionalProperties: false };

/** One of these words. */
export const choiceOf = <const Values extends string[]>(
  values: readonly [...Values],
  told?: Described,
): TEnum<Values> => Type.Enum(values, told && { ...told });

export const orNull = <Schema extends TSchema>(schema: Schema, told: Described) =>
  Type.Union([schema, Type.Null()], { ...told });

const DECIMALS = '(\\.\\d{1,10})?';

/** Percent as decimal text, by its range; up to ten decimals. */
const percentForms = {
  /** A rate: 0 to 10000. */
  rate: `^(\\d{1,4}${DECIMALS}|10000(\\.0{1,10})?)$`,
  /** What may be below zero, as an index may: -10000 to 10000. */
  signed: `^-?(\\d{1,4}${DECIMALS}|10000(\\.0{1,10})?)$`,
  /** A part of a whole: 0 to below 100. */
  part: `^\\d{1,2}${DECIMALS}$`,
  /** Some part of a whole: above 0 to below 100. */
  somePart: `^(?=.*[1-9])\\d{1,2}${DECIMALS}$`,
} as const;

const DECIMAL_LENGTH_MAX = 16;

export const percentSchema = (form: keyof typeof percentForms, told?: Described) =>
  Type.String({ pattern: percentForms[form], maxLength: DECIMAL_LENGTH_MAX, ...(told ?? {}) });

type Fields = Record<string, TSchema>;

/** The fields as a request gives them: one with a default may be left out, says what it is then, and has an example. */
export function givenFields<Named extends Fields>(fields: Named, defaults: object) {
  const values = new Map<string, unknown>(Object.entries(defaults));
  const given = Object.entries(fields).map(([name, schema]) => {
    if (!values.has(name)) return [name, schema];
    const value = values.get(name);
    return [name, Type.Optional({ ...(value === null ? {} : { examples: [value] }), ...schema, default: value })];
  });
  return Object.fromEntries(given) as { [Name in keyof Named]: TOptional<Named[Name]> };
}

/** An object of fields some of which may be left out. */
export function givenObject<Named extends Fields>(
  fields: Named,
  defaults: object,
  told: Described,
): TObject<{ [Name in keyof Named]: TOptional<Named[Name]> }> {
  return Type.Object(givenFields(fields, defaults), { ...closed, ...told });
}
