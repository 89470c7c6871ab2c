import { type Database, readTopicProgress, type Sql, statement, unpublishedCustomers } from '@tenor/service-kit';
import { withDeadLetters } from '../payments/projection.store.ts';
import type { Position } from './stretch.ts';
import type { OwnSight } from './watermark.ts';

/** An entry as it was read, with its version; see `OwnSight`. */
export type Seen<Ours> = Pick<OwnSight<Ours>, 'entry' | 'version'>;

/** Some entries of this service's books, and how far it has read billing's topics, all of one moment. */
export interface OwnLook<Ours> {
  readonly entries: ReadonlyMap<string, OwnSight<Ours>>;
  /** The next offset that the projection reads, by topic and partition. */
  readonly progress: ReadonlyMap<string, ReadonlyMap<number, bigint>>;
}

const oneSnapshot = statement('reconciliation_snapshot', 'set transaction isolation level repeatable read, read only');

/** `consumer` projects billing's `topics`; `see` reads the entries. */
export function lookAtOwn<Ours extends Position & { readonly customerId: string }>(
  database: Database,
  { consumer, topics }: { consumer: string; topics: readonly string[] },
  see: (sql: Sql) => Promise<Seen<Ours>[]>,
): Promise<OwnLook<Ours>> {
  return database.transaction(async (sql) => {
    await sql.query(oneSnapshot);
    const seen = await see(sql);
    const customerIds = [...new Set(seen.map(({ entry }) => entry.customerId))];
    const unpublished = await unpublishedCustomers(sql, customerIds);
    const putAside = await withDeadLetters(sql, consumer, customerIds);
    const progress = new Map<string, ReadonlyMap<number, bigint>>();
    for (const topic of topics) progress.set(topic, await readTopicProgress(sql, { consumer, topic }));
    const sights = seen.map(({ entry, version }): [string, OwnSight<Ours>] => [
      entry.id,
      { entry, version, isUnpublished: unpublished.has(entry.customerId), isPutAside: putAside.has(entry.customerId) },
    ]);
    return { entries: new Map(sights), progress };
  });
}

/** Where a list begins. */
export const BEFORE_ALL = { date: '0001-01-01', id: '00000000-0000-0000-0000-000000000000' };
