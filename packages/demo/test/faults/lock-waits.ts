import { setTimeout as sleep } from 'node:timers/promises';
import { openSql } from '@tenor/testing';

export interface LockWaits {
  readonly samples: number;
  /** How many waits were seen at all. */
  readonly waits: number;
  /** The longest, as the database's clock has it. */
  readonly longestMs: number;
  /** What was waited for the longest. */
  readonly longest: string;
  /** How many deadlocks the server broke up meanwhile, repeated or not. */
  readonly deadlocks: number;
}

const INTERVAL_MS = 20;

const waiting = `
  select l.pid, l.waitstart::text as since, l.locktype || ' ' || l.mode || ': ' || left(a.query, 200) as what,
         (extract(epoch from clock_timestamp() - l.waitstart) * 1000)::float8 as waited_ms
    from pg_locks l join pg_stat_activity a using (pid)
   where not l.granted and l.waitstart is not null and a.datname = current_database()`;

// The counters come late: a backend tells them at the end of a transaction, but not more often than once a second.
const COUNTERS_MS = 1_200;
const deadlocks = 'select deadlocks::int from pg_stat_database where datname = current_database()';

interface Wait {
  readonly pid: number;
  readonly since: string;
  readonly what: string;
  readonly waited_ms: number;
}

/** Looks every 20 ms who waits for a lock, until told to stop. A wait shorter than that may go unseen. */
export async function watchLockWaits(adminUrl: string): Promise<{ stop(): Promise<LockWaits> }> {
  const sql = await openSql(adminUrl);
  const count = async () => (await sql.rows<{ deadlocks: number }>(deadlocks))[0]?.deadlocks ?? 0;
  const before = await count();
  const waits = new Map<string, Wait>();
  let isStopping = false;
  let samples = 0;

  async function watch(): Promise<void> {
    while (!isStopping) {
      // Seen again, a wait is longer.
      for (const wait of await sql.rows<Wait>(waiting)) waits.set(`${wait.pid} ${wait.since}`, wait);
      samples += 1;
      await sleep(INTERVAL_MS);
    }
  }
  const watching = watch();
  return {
    async stop() {
      isStopping = true;
      await watching;
      await sleep(COUNTERS_MS);
      const seen = [...waits.values()].sort((a, b) => b.waited_ms - a.waited_ms);
      const broken = (await count()) - before;
      await sql.close();
      return {
        samples,
        waits: seen.length,
        longestMs: Math.round(seen[0]?.waited_ms ?? 0),
        longest: seen[0]?.what ?? '',
        deadlocks: broken,
      };
    },
  };
}
