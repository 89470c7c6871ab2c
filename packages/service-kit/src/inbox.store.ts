import type { Sql, Transaction } from './database.ts';
import { statement } from './statement.ts';

const insertInbox = statement(
  'inbox_insert',
  `insert into inbox (consumer, event_id)
   select $1, e.id from unnest($2::uuid[]) as e (id) order by e.id
   on conflict do nothing returning event_id`,
);

// A member that lost its partition may be late with what it read of it; in order, so that it and its successor wait
// for one another and not in a circle.
const upsertProgress = statement(
  'consumer_progress_upsert',
  `insert into consumer_progress as p (consumer, topic, partition, next_offset)
   select $1, a.topic, a.partition, a.next_offset
     from unnest($2::text[], $3::integer[], $4::bigint[]) as a (topic, partition, next_offset)
    order by a.topic, a.partition
   on conflict (consumer, topic, partition) do update
   set next_offset = greatest(p.next_offset, excluded.next_offset) returning topic, partition, next_offset`,
);

const rewindFrom = statement(
  'consumer_progress_rewind',
  `update consumer_progress set next_offset = $5
   where consumer = $1 and topic = $2 and partition = $3 and next_offset = $4`,
);

const selectProgress = statement(
  'consumer_progress_select',
  'select next_offset from consumer_progress where consumer = $1 and topic = $2 and partition = $3',
);

const selectAllProgress = statement(
  'consumer_progress_of_topic',
  'select partition, next_offset from consumer_progress where consumer = $1 and topic = $2 order by partition',
);

/** Which of these events this consumer sees for the first time; the others are duplicates. */
export async function recordInInbox(sql: Sql, consumer: string, eventIds: readonly string[]): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const rows = await sql.query<{ event_id: string }>(insertInbox, [consumer, eventIds]);
  return new Set(rows.map(({ event_id }) => event_id));
}

/** Where a consumer stands in one partition. */
export interface Place {
  /** The group, without the tenant's prefix. */
  readonly consumer: string;
  /** Without the tenant's prefix. */
  readonly topic: string;
  readonly partition: number;
}

/** Where a transaction leaves a partition. */
export interface Advance extends Omit<Place, 'consumer'> {
  /** Everything before it is committed with this transaction. */
  readonly nextOffset: bigint;
}

/**
 * Stores, in the transaction of the effects, the offsets up to which they are all committed, one for each partition; one
 * that is already passed changes nothing. Resolves with what is stored, in the order given.
 */
export async function saveProgress(
  sql: Transaction,
  consumer: string,
  advances: readonly Advance[],
): Promise<bigint[]> {
  const rows = await sql.query<{ topic: string; partition: number; next_offset: bigint }>(upsertProgress, [
    consumer,
    advances.map(({ topic }) => topic),
    advances.map(({ partition }) => partition),
    advances.map(({ nextOffset }) => nextOffset),
  ]);
  const stored = new Map(rows.map((row) => [`${row.topic}/${row.partition}`, row.next_offset]));
  return advances.map(({ topic, partition, nextOffset }) => stored.get(`${topic}/${partition}`) ?? nextOffset);
}

/** Takes back the progress in a topic that was made anew, unless somebody has moved it from where it was seen. */
export async function rewindProgress(sql: Sql, place: Place, seen: bigint, nextOffset: bigint): Promise<void> {
  await sql.query(rewindFrom, [place.consumer, place.topic, place.partition, seen, nextOffset]);
}

/** The first offset whose effects are not committed yet; 0n for a partition that nothing was read from. */
export async function readProgress(sql: Sql, { consumer, topic, partition }: Place): Promise<bigint> {
  const [row] = await sql.query<{ next_offset: bigint }>(selectProgress, [consumer, topic, partition]);
  return row?.next_offset ?? 0n;
}

/** The first offset not committed yet of each partition of a topic that anything was read from. */
export async function readTopicProgress(sql: Sql, { consumer, topic }: Omit<Place, 'partition'>) {
  const rows = await sql.query<{ partition: number; next_offset: bigint }>(selectAllProgress, [consumer, topic]);
  return new Map(rows.map((row) => [row.partition, row.next_offset]));
}
