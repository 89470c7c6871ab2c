import { isDate } from 'node:util/types';
import pg from 'pg';

type Parser = (text: string) => unknown;

const OID = {
  int8: 20,
  text: 25,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  textArray: 1009,
  int8Array: 1016,
  timestampArray: 1115,
  dateArray: 1182,
  timestamptzArray: 1185,
  numericArray: 1231,
} as const;

const asIs: Parser = (text) => text;

/**
 * Postgres' `2026-11-21 07:50:05.12+00` as RFC 3339 with six digits: `2026-11-21T07:50:05.120000Z`.
 * The connection's time zone is UTC; anything else, such as `infinity`, is a broken invariant.
 */
export function instantOf(text: string): string {
  const [, day, time, fraction = ''] = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(text) ?? [];
  if (day === undefined || time === undefined) throw new Error(`Not an instant in UTC: ${text}`);
  return `${day}T${time}.${fraction.padEnd(6, '0')}Z`;
}

const listOfText = pg.types.getTypeParser(OID.textArray as number, 'text') as (text: string) => (string | null)[];
const listOf =
  (item: Parser): Parser =>
  (text) =>
    listOfText(text).map((element) => (element === null ? null : item(element)));

/** Of elements that are never quoted: numbers and dates. */
const listOfPlain =
  (item: Parser): Parser =>
  (text) =>
    text === '{}'
      ? []
      : text
          .slice(1, -1)
          .split(',')
          .map((element) => (element === 'NULL' ? null : item(element)));

/** Most amounts of a schedule are zero, and a bigint of its own costs more than to look. */
const minorUnits: Parser = (text) => (text === '0' ? 0n : BigInt(text));

const parsers = new Map<number, Parser>([
  [OID.int8, BigInt],
  [OID.date, asIs],
  [OID.timestamp, asIs],
  [OID.timestamptz, instantOf],
  [OID.numeric, asIs],
  [OID.int8Array, listOfPlain(minorUnits)],
  [OID.timestampArray, listOfText],
  [OID.dateArray, listOfPlain(asIs)],
  [OID.timestamptzArray, listOf(instantOf)],
  [OID.numericArray, listOfText],
]);

/** pg's `types` option of one pool: no global state, so that nothing else in the process changes with it. */
export const typeParsers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ??
    pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

const LENGTH_BYTES = 4;
/** One dimension, no nulls, the elements' type, how many they are, and the first index. */
const LIST_HEADER_BYTES = 5 * LENGTH_BYTES;

/**
 * Texts for a parameter that is declared `text[]`, in Postgres' binary form. For long ones: in the form of a literal each
 * is quoted here and read sign by sign there.
 */
export function textList(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text, 'utf8'));
  const list = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + LENGTH_BYTES + length, LIST_HEADER_BYTES));
  let at = 0;
  for (const word of [1, 0, OID.text, texts.length, 1]) at = list.writeInt32BE(word, at);
  for (const [index, text] of texts.entries()) {
    at = list.writeInt32BE(lengths[index] ?? 0, at);
    at += list.write(text, at, 'utf8');
  }
  return list;
}

const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): string | Buffer | null } }).utils;

/**
 * The values of a statement as pg puts them on the wire; what it gets so, it leaves as it is. Throws for one that has
 * no such form: a date that is none, an object that JSON cannot say.
 */
export function wireValues(values: readonly unknown[]): (string | Buffer | null)[] {
  return values.map((value, index) => {
    try {
      if (hasInvalidDate(value)) throw new RangeError('Invalid date');
      return prepareValue(value);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new TypeError(`Postgres cannot be sent the value of $${index + 1}: ${why}`, { cause });
    }
  });
}

function hasInvalidDate(value: unknown): boolean {
  return isDate(value) ? Number.isNaN(value.getTime()) : Array.isArray(value) && value.some(hasInvalidDate);
}
