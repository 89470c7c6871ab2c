/** A JSON value whose keys are to be renamed; amounts, dates and rates in it are text. */
type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

const toSnake = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toCamel = (key: string): string => key.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());

function renamed(value: Json, rename: (key: string) => string): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => renamed(item, rename));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [rename(key), renamed(inner, rename)]));
}

/** The value with snake_case keys at every depth, as JSON that leaves the process has them. */
export const snakeCased = (value: object): object => renamed(value as Json, toSnake) as object;

/** The inverse of `snakeCased`. */
export const camelCased = (value: object): object => renamed(value as Json, toCamel) as object;
