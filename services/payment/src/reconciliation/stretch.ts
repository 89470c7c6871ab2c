import type { LocalDate } from '@tenor/calendar';

/** Where an entry stands in the lists of both books: they are in this order. */
export interface Position {
  readonly date: LocalDate;
  readonly id: string;
}

/** A stretch of an ordered list, and whether the list goes on behind it. */
export interface Stretch<Item extends Position> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

/** One entry as both books have it; at least one of them does. */
export interface Pair<Ours, Theirs> extends Position {
  readonly ours: Ours | undefined;
  readonly theirs: Theirs | undefined;
}

/**
 * Joins the same stretch of both lists by date and id, as far as both are known: what lies behind the end of one that
 * goes on is left for the next stretch.
 */
export function join<Ours extends Position, Theirs extends Position>(
  ours: Stretch<Ours>,
  theirs: Stretch<Theirs>,
): { pairs: Pair<Ours, Theirs>[]; hasMore: boolean } {
  const pairs = new Map<string, Pair<Ours, Theirs>>();
  for (const item of theirs.items) pairs.set(keyOf(item), { ...placeOf(item), ours: undefined, theirs: item });
  for (const item of ours.items) {
    pairs.set(keyOf(item), { ...placeOf(item), ours: item, theirs: pairs.get(keyOf(item))?.theirs });
  }
  const ends = [ours, theirs].flatMap(({ items, hasMore }) => (hasMore ? [keyOf(items.at(-1))] : []));
  const end = ends.sort()[0];
  const known = [...pairs].filter(([key]) => end === undefined || key <= end);
  return { pairs: known.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair), hasMore: end !== undefined };
}

const placeOf = ({ date, id }: Position): Position => ({ date, id });

function keyOf(item: Position | undefined): string {
  if (item === undefined) throw new Error('A list that goes on has an empty stretch');
  return `${item.date} ${item.id}`;
}
