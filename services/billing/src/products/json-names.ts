/** A JSON value whose keys are to be renamed; amounts, dates and rates in it are text. */
type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

const toSnake = remembering((key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
const toCamel = remembering((key) => key.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()));

/** Names of fields are few and come again in every payload; others, such as instalment numbers, are not kept for long. */
const NAMES_MAX = 1_000;

function remembering(rename: (key: string) => string): (key: string) => string {
  const known = new Map<string, string>();
  return (key) => {
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    if (known.size === NAMES_MAX) known.clear();
    const name = rename(key);
    known.set(key, name);
    return name;
  };
}

function renamed(value: Json, rename: (key: string) => string): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => renamed(item, rename));
  const named: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(value)) named[rename(key)] = renamed(inner, rename);
  return named;
}

/** The value with snake_case keys at every depth, as JSON that leaves the process has them. */
export const snakeCased = (value: object): object => renamed(value as Json, toSnake) as object;

/** The inverse of `snakeCased`. */
export const camelCased = (value: object): object => renamed(value as Json, toCamel) as object;
