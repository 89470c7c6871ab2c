import type { FieldError, Refusal } from '@tenor/contracts';
import { validationFailed } from '@tenor/service-kit';

/** What is wrong with a value, in Django's words; with a place below it where the value is a list or a record. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly below?: string;
}

/** Reads one value as tolerantly as the original did: the value meant, or its faults. */
export interface Field<Value> {
  readonly read: (given: unknown) => { readonly value: Value } | { readonly faults: readonly Fault[] };
  /** What a value that was not sent, or sent as null, stands for; a field without it is required. */
  readonly absent?: { readonly value: Value };
}

export type Given<Fields> = {
  readonly [Name in keyof Fields]: Fields[Name] extends Field<infer Value> ? Value : never;
};

const required: Fault = { code: 'required', message: 'This field is required.' };
const isNull: Fault = { code: 'null', message: 'This field may not be null.' };

/** A field that may be left out or be null, which counts as `value`. */
export const optional = <Value, Absent>(field: Field<Value>, value: Absent): Field<Value | Absent> => ({
  read: field.read,
  absent: { value },
});

/** Whether a body names the field, null among what it may say. */
export const isGiven = (body: unknown, name: string): boolean => isObject(body) && Object.hasOwn(body, name);

/** A body whose field has one of its other names, under its own. */
export function alias(body: unknown, name: string, others: readonly string[]): unknown {
  if (!isObject(body) || Object.hasOwn(body, name)) return body;
  const other = others.find((each) => Object.hasOwn(body, each));
  return other === undefined ? body : { ...body, [name]: body[other] };
}

/** An object of fields; unknown ones are ignored. */
export function record<Fields extends Record<string, Field<unknown>>>(fields: Fields): Field<Given<Fields>> {
  return {
    read(given) {
      if (!isObject(given)) return { faults: [notADictionary(given)] };
      const values: Record<string, unknown> = {};
      const faults: Fault[] = [];
      for (const [name, field] of Object.entries(fields)) {
        const read = readOne(field, Object.hasOwn(given, name) ? given[name] : undefined);
        if ('value' in read) values[name] = read.value;
        else faults.push(...read.faults.map((fault) => ({ ...fault, below: `/${name}${fault.below ?? ''}` })));
      }
      return faults.length > 0 ? { faults } : { value: values as Given<Fields> };
    },
  };
}

/** A list of what the field reads. */
export function listOf<Value>(field: Field<Value>, max: number): Field<Value[]> {
  return {
    read(given) {
      if (!Array.isArray(given)) return { faults: [{ code: 'type', message: 'Expected a list of items.' }] };
      if (given.length > max) {
        return { faults: [{ code: 'maxItems', message: `Ensure this field has no more than ${max} elements.` }] };
      }
      const read = given.map((item) => readOne(field, item));
      const faults = read.flatMap((item, index) =>
        'faults' in item ? item.faults.map((fault) => ({ ...fault, below: `/${index}${fault.below ?? ''}` })) : [],
      );
      return faults.length > 0 ? { faults } : { value: read.flatMap((item) => ('value' in item ? [item.value] : [])) };
    },
  };
}

function readOne<Value>({ read, absent }: Field<Value>, given: unknown): ReturnType<Field<Value>['read']> {
  if (given !== undefined && given !== null) return read(given);
  return absent ?? { faults: [given === null ? isNull : required] };
}

/** The body's fields, or `validation_failed` with a pointer to each that is at fault. */
export function readFields<Fields extends Record<string, Field<unknown>>>(
  body: unknown,
  fields: Fields,
): Given<Fields> | Refusal {
  const read = record(fields).read(body ?? {});
  return 'value' in read ? read.value : validationFailed(read.faults.map(toError));
}

const toError = ({ below = '', code, message }: Fault): FieldError => ({ pointer: below, code, message });

function notADictionary(given: unknown): Fault {
  const kind = Array.isArray(given) ? 'list' : typeof given === 'string' ? 'str' : typeof given;
  return { code: 'type', message: `Invalid data. Expected a dictionary, but got ${kind}.` };
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
