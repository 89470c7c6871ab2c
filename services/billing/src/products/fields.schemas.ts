import { type TEnum, type TSchema, Type } from 'typebox';

/** What a form shows of a field. */
export interface Described {
  readonly title: string;
  readonly description: string;
  readonly examples?: readonly unknown[];
}

/** One of these words. */
export const choiceOf = <const Values extends string[]>(
  values: readonly [...Values],
  told?: Described,
): TEnum<Values> => Type.Enum(values, told && { ...told });

export const orNull = <Schema extends TSchema>(schema: Schema, told: Described) =>
  Type.Union([schema, Type.Null()], { ...told });

/** Percent as decimal text; `signed` may be below zero. */
export const percentSchema = (sign: 'signed' | 'unsigned', told?: Described) =>
  Type.String({ pattern: `^${sign === 'signed' ? '-?' : ''}\\d{1,5}(\\.\\d{1,10})?$`, maxLength: 18, ...(told ?? {}) });
