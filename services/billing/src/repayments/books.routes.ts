import { date } from '@tenor/calendar';
import { type BookPage, type FieldError, PAGE_LIMIT_MAX, type Refusal } from '@tenor/contracts';
import { type App, type Database, isRefusal, validationFailed } from '@tenor/service-kit';
import type { Static, TSchema } from 'typebox';
import { BookQuerySchema } from './books.schemas.ts';
import { type Book, type BookKey, type BookQuery, readBook } from './books.store.ts';

/** One of billing's books, as payment's reconciliation reads it. */
export interface BookRoute<Row extends { customer_id: string }, Item> {
  readonly path: string;
  readonly summary: string;
  readonly schema: TSchema;
  readonly book: Book<Row>;
  /** An entry with all its rows. */
  readonly present: (key: BookKey, rows: readonly Row[]) => Item;
}

/** For payment's reconciliation alone; `group` is the consumer whose progress is told. The gateway never routes it. */
export function bookRoute<Row extends { customer_id: string }, Item>(
  app: App,
  { database, group }: { database: Database; group: string },
  { path, summary, schema, book, present }: BookRoute<Row, Item>,
): void {
  app.get(
    path,
    {
      config: { permission: 'internal:read' },
      schema: { tags: ['internal'], summary, querystring: BookQuerySchema, response: { 200: schema } },
    },
    async ({ query }): Promise<BookPage<Item> | Refusal> => {
      const asked = toBookQuery(query);
      if (isRefusal(asked)) return asked;
      const found = await readBook(database, group, book, asked);
      const rows = Map.groupBy(found.rows, (row) => book.keyOf(row).id);
      const limit = 'ids' in asked ? PAGE_LIMIT_MAX : query.limit;
      const shown = found.keys.slice(0, limit);
      const last = shown.at(-1);
      return {
        data: shown.map((key) => present(key, rows.get(key.id) ?? [])),
        next_cursor: last !== undefined && found.keys.length > limit ? `${last.date}/${last.id}` : null,
        progress: [...found.progress].map(([partition, offset]) => ({ partition, next_offset: String(offset) })),
        put_aside: [...found.putAside],
        unpublished: [...found.unpublished],
      };
    },
  );
}

function toBookQuery(query: Static<typeof BookQuerySchema>): BookQuery | Refusal {
  const { ids, date: day, from = day, to = day, cursor, limit } = query;
  if (ids !== undefined) return { ids: ids.toLowerCase().split(',') };
  if (from === undefined || to === undefined) return validationFailed([noDates]);
  const [keptUnder, id] = cursor?.split('/') ?? [];
  const after = keptUnder && id ? { date: date(keptUnder), id } : undefined;
  return { from, to, after, limit: limit + 1 };
}

const noDates: FieldError = {
  pointer: '/query/date',
  code: 'required',
  message: 'is needed: a date, both from and to, or ids',
};
