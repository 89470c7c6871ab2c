import type { LocalDate } from '@tenor/calendar';
import { topics } from '@tenor/contracts';
import {
  type Database,
  readTopicProgress,
  type Sql,
  type Statement,
  statement,
  subjectsPutAside,
  unpublishedCustomers,
} from '@tenor/service-kit';

/** An entry by the date under which billing keeps it; the order of a list. */
export interface BookKey {
  readonly date: LocalDate;
  readonly id: string;
}

/** Which entries are asked for: those of some dates in order, or these, whatever their date. */
export type BookQuery =
  | { readonly from: string; readonly to: string; readonly after: BookKey | undefined; readonly limit: number }
  | { readonly ids: readonly string[] };

/** How one of billing's books is read across customers; its rows come in the order of their keys. */
export interface Book<Row extends { customer_id: string }> {
  /** Gives `date` and `id`; takes the first and last date, the key behind which to go on, and a limit. */
  readonly keysOfDates: Statement;
  /** Gives rows; takes ids. */
  readonly byIds: Statement;
  readonly keyOf: (row: Row) => BookKey;
}

export interface BookAtOnce<Row> {
  readonly keys: readonly BookKey[];
  readonly rows: readonly Row[];
  readonly progress: ReadonlyMap<number, bigint>;
  /** Ids with a message among the dead letters. */
  readonly putAside: readonly string[];
  /** Customers with events that wait in the outbox. */
  readonly unpublished: ReadonlySet<string>;
}

const oneSnapshot = statement('books_snapshot', 'set transaction isolation level repeatable read, read only');

const BEFORE_ALL: BookKey = { date: '0001-01-01' as LocalDate, id: '00000000-0000-0000-0000-000000000000' };

/** What a book holds, and how far the consumer `group` and the relay have come, all of one moment. */
export function readBook<Row extends { customer_id: string }>(
  database: Database,
  group: string,
  book: Book<Row>,
  query: BookQuery,
): Promise<BookAtOnce<Row>> {
  return database.transaction(async (sql) => {
    await sql.query(oneSnapshot);
    const listed = 'ids' in query ? undefined : await keysBetween(sql, book, query);
    const ids = 'ids' in query ? query.ids : (listed ?? []).map(({ id }) => id);
    const rows = await sql.query<Row>(book.byIds, [ids]);
    const place = { consumer: group, topic: topics.payments };
    return {
      keys: listed ?? firstKeys(rows.map(book.keyOf)),
      rows,
      progress: await readTopicProgress(sql, place),
      putAside: await subjectsPutAside(sql, place, ids),
      unpublished: await unpublishedCustomers(sql, [...new Set(rows.map((row) => row.customer_id))]),
    };
  });
}

function keysBetween(
  sql: Sql,
  { keysOfDates }: Pick<Book<{ customer_id: string }>, 'keysOfDates'>,
  { from, to, after = BEFORE_ALL, limit }: Extract<BookQuery, { limit: number }>,
): Promise<BookKey[]> {
  return sql.query<{ date: LocalDate; id: string }>(keysOfDates, [from, to, after.date, after.id, limit]);
}

/** Each id once, under the date of its first row. */
function firstKeys(keys: readonly BookKey[]): BookKey[] {
  return [...Map.groupBy(keys, ({ id }) => id).values()].flatMap(([first]) => first ?? []);
}
