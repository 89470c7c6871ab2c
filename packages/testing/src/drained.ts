import { eventually } from './eventually.ts';
import type { SqlConnection } from './sql.ts';
import type { TestTenant } from './tenant.ts';
import { readTopic, topicEnds } from './topics.ts';

export const eventTopics = ['billing.loans.v1', 'billing.customers.v1', 'payment.payments.v1'] as const;
export const deadLetterTopics = [
  'billing.repayments.dead-letters',
  'billing.outward.dead-letters',
  'payment.projection.dead-letters',
] as const;

/** The consumers of a partition: whoever follows a topic for its own books, and what sends events out of the house. */
const readersOf = (place: string): readonly string[] => [
  place.startsWith('payment.') ? 'billing.repayments' : 'payment.projection',
  'billing.outward',
];

const TIMEOUT_MS = 20_000;

/** Where each partition ends that has a message, as `topic/partition`, without the tenant's prefix. */
export async function endsOf({ brokers, topicPrefix }: TestTenant, topics: readonly string[] = eventTopics) {
  const ends = await topicEnds(
    brokers,
    topics.map((topic) => `${topicPrefix}${topic}`),
  );
  return new Map(
    ends
      .filter(({ end }) => end > 0n)
      .map(({ topic, partition, end }) => [`${topic.slice(topicPrefix.length)}/${partition}`, String(end)] as const),
  );
}

// One statement sees one moment: an effect that is committed shows its progress and its outbox rows together.
const standing = `
  select (select count(*) from billing.outbox) + (select count(*) from payment.outbox) as outbox,
         (select coalesce(jsonb_object_agg(consumer || ' ' || topic || '/' || partition, next_offset::text), '{}')
            from (select * from billing.consumer_progress union all select * from payment.consumer_progress) p) as places`;

/** Waits until nothing is left to publish, all is consumed and nothing came in between; returns the topics' ends. */
export async function drained(
  sql: SqlConnection,
  tenant: TestTenant,
  timeoutMs = TIMEOUT_MS,
): Promise<Map<string, string>> {
  let ends = new Map<string, string>();
  await eventually(
    async () => {
      ends = await endsOf(tenant);
      const [now] = await sql.rows<{ outbox: string; places: Record<string, string> }>(standing);
      const isAtEnd = [...ends].every(([place, end]) =>
        readersOf(place).every((reader) => now?.places[`${reader} ${place}`] === end),
      );
      if (now?.outbox !== '0' || !isAtEnd) return false;
      const later = await endsOf(tenant);
      return later.size === ends.size && [...later].every(([place, end]) => ends.get(place) === end);
    },
    { timeoutMs, intervalMs: 100 },
  );
  return ends;
}

/** The rows as text, in an order of their own, by table: equal exactly when the tables are. */
export async function snapshot(sql: SqlConnection, tables: readonly string[]): Promise<Record<string, string[]>> {
  const copies: Record<string, string[]> = {};
  for (const table of tables) {
    const rows = await sql.rows<{ row: string }>(`select t::text as row from ${table} t order by 1`);
    copies[table] = rows.map(({ row }) => row);
  }
  return copies;
}

export interface Subject {
  readonly sequences: number[];
  readonly partitions: Set<number>;
}

/** What a topic holds, by subject: the sequences as they first came, and where. Counts what carries another's key. */
export async function subjectsOf({ brokers, topicPrefix }: TestTenant, topic: string) {
  const bySubject = new Map<string, Subject>();
  const partitionsByKey = new Map<string | null, Set<number>>();
  const ids = new Set<string>();
  let misplaced = 0;
  for (const { value, key, partition } of await readTopic(brokers, topicPrefix + topic)) {
    const { id, subject, sequence, partitionkey } = value as Message;
    if (key !== partitionkey) misplaced += 1;
    partitionsByKey.set(key, (partitionsByKey.get(key) ?? new Set()).add(partition));
    if (ids.has(id)) continue;
    ids.add(id);
    const seen = bySubject.get(subject) ?? { sequences: [], partitions: new Set() };
    bySubject.set(subject, seen);
    seen.sequences.push(sequence);
    seen.partitions.add(partition);
  }
  return { bySubject, partitionsByKey, misplaced, events: ids.size };
}

interface Message {
  readonly id: string;
  readonly subject: string;
  readonly sequence: number;
  readonly partitionkey: string;
}
