/** A JSON value whose keys are to be renamed; amounts, dates and rates in payloads are text. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const toSnake = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toCamel = (key: string): string => key.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());

function renamed(value: Json, rename: (key: string) => string): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => renamed(item, rename));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [rename(key), renamed(inner, rename)]));
}

/** A payload as the journal stores and shows it: snake_case, as in all other JSON that leaves the process. */
export const storedPayload = (payload: object): object => renamed(payload as Json, toSnake) as object;

/** The inverse of `storedPayload`. */
export const payloadOf = (stored: object): object => renamed(stored as Json, toCamel) as object;
