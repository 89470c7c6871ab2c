import type { Database } from './database.ts';
import type { Logger } from './logging.ts';
import { type Repeating, repeat } from './repeating.ts';
import { statement } from './statement.ts';

export interface HousekeepingOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** How long an event is known to have been received. Older duplicates meet the handlers' own uniqueness. */
  readonly inboxDays?: number;
  /** Tables of the service itself. */
  readonly purges?: readonly Purge[];
  /** Between two rounds, in milliseconds. */
  readonly intervalMs?: number;
}

/** A table whose rows are deleted once `column`, an instant, is so many days old. */
export interface Purge {
  readonly table: string;
  readonly column: string;
  readonly keepDays: number;
}

const IDEMPOTENCY_KEY_HOURS = 48;
const INBOX_DAYS = 14;
const DEAD_LETTER_DAYS = 90;
const INTERVAL_MS = 60_000;
const ROWS_PER_BATCH = 1_000;
const BATCHES_PER_ROUND_MAX = 50;

// Skipping locked rows lets several replicas purge at once.
const purge = (name: string, table: string, old: string) =>
  statement(
    name,
    `with old as (
       select ctid from ${table} where ${old} limit $2 for update skip locked
     ), purged as (
       delete from ${table} t using old where t.ctid = old.ctid returning true
     )
     select count(*) as purged from purged`,
  );

const purgeKeys = purge('purge_idempotency_keys', 'idempotency_keys', `created_at < now() - $1 * interval '1 hour'`);
const purgeInbox = purge('purge_inbox', 'inbox', `received_at < now() - $1 * interval '1 day'`);
const purgeDeadLetters = purge('purge_dead_letters', 'dead_letters', `settled_at < now() - $1 * interval '1 day'`);

/** Deletes what has served its time: one round of bounded batches. Returns how many rows went. */
export async function purgeOld(
  database: Database,
  { inboxDays = INBOX_DAYS, purges = [] }: Pick<HousekeepingOptions, 'inboxDays' | 'purges'> = {},
): Promise<number> {
  const tasks = [
    { purgeStatement: purgeKeys, age: IDEMPOTENCY_KEY_HOURS },
    { purgeStatement: purgeInbox, age: inboxDays },
    { purgeStatement: purgeDeadLetters, age: DEAD_LETTER_DAYS },
    ...purges.map(({ table, column, keepDays }) => ({
      purgeStatement: purge(`purge_${table}`, table, `${column} < now() - $1 * interval '1 day'`),
      age: keepDays,
    })),
  ];
  let total = 0;
  for (const { purgeStatement, age } of tasks) {
    for (let batch = 0; batch < BATCHES_PER_ROUND_MAX; batch += 1) {
      const [row] = await database.background.query<{ purged: bigint }>(purgeStatement, [age, ROWS_PER_BATCH]);
      const purged = Number(row?.purged ?? 0n);
      total += purged;
      if (purged < ROWS_PER_BATCH) break;
    }
  }
  return total;
}

/** Purges old idempotency keys, inbox rows, settled dead letters and `purges` for as long as it runs. */
export function startHousekeeping(options: HousekeepingOptions): Repeating {
  const { database, logger, intervalMs = INTERVAL_MS } = options;
  return repeat(intervalMs, async () => {
    await purgeOld(database, options).catch((error: unknown) => logger.warn({ err: error }, 'purging failed'));
  });
}
