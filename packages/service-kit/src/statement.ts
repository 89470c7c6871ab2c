/** One SQL text under one name; each connection prepares it once and then only sends its values. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Something that runs statements: the database itself (each on its own) or a transaction. */
export interface Sql {
  /**
   * Rows in the shape that `Row` says: int8 as bigint, numeric and date as text, timestamptz as
   * RFC 3339 text in UTC with six digits of a second, json parsed.
   */
  query<Row = Record<string, unknown>>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

/** Postgres cuts longer names off, so that two of them could become one. */
const NAME_LENGTH_MAX = 63;

const texts = new Map<string, string>();

/** Declares a statement. Throws when its name is taken by another text or is too long, so that a clash shows at boot. */
export function statement(name: string, text: string): Statement {
  if (name.length === 0 || name.length > NAME_LENGTH_MAX) throw new Error(`Statement name of wrong length: "${name}"`);
  const known = texts.get(name);
  if (known !== undefined && known !== text) throw new Error(`Two statements are named ${name}`);
  texts.set(name, text);
  return { name, text };
}
