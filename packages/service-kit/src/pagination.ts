import type { Refusal } from '@tenor/contracts';
import { CURSOR_LENGTH_MAX } from '@tenor/contracts';
import type { Static, TSchema } from 'typebox';
import { isRefusal, validationFailed } from './errors.ts';
import { strictAjv } from './validation.ts';

const ajv = strictAjv();

/** A position in a list as text that a client can only hand back: base64url of JSON. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/** The position that a cursor holds, undefined without a cursor; a cursor that is not ours is refused. */
export function decodeCursor<T extends TSchema>(
  cursor: string | undefined,
  schema: T,
): Static<T> | Refusal | undefined {
  if (cursor === undefined) return undefined;
  const position = cursor.length <= CURSOR_LENGTH_MAX ? parse(cursor) : undefined;
  const validate = ajv.compile<Static<T>>(schema);
  if (position !== undefined && validate(position)) return position;
  return validationFailed([{ pointer: '/query/cursor', code: 'cursor', message: 'is not a cursor of this list' }]);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * One page of a list: what `read` finds behind the position that the cursor holds, at most as many rows as it is told.
 * Refuses a cursor that is not of this list before anything is read.
 */
export async function readPage<Position extends TSchema, Row, Item>(
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  schema: Position,
  read: (after: Static<Position> | undefined, limit: number) => Promise<readonly Row[] | Refusal>,
  to: { item: (row: Row) => Item; position: (row: Row) => Static<Position> },
): Promise<{ data: Item[]; next_cursor: string | null } | Refusal> {
  const after = decodeCursor(cursor, schema);
  if (isRefusal(after)) return after;
  const rows = await read(after, limit + 1);
  return isRefusal(rows) ? rows : pageOfRows(rows, limit, to);
}

/**
 * A page of what was read with `limit + 1`: at most `limit` items, and the cursor after the last of
 * them when there are more.
 */
export function pageOfRows<Row, Item>(
  rows: readonly Row[],
  limit: number,
  to: { item: (row: Row) => Item; position: (row: Row) => unknown },
): { data: Item[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { data: shown.map(to.item), next_cursor: hasMore ? encodeCursor(to.position(last)) : null };
}
