import { setTimeout as sleep } from 'node:timers/promises';
import { openSql } from '@tenor/testing';

export interface LockWaits {
  readonly samples: number;
  /** How many waits were seen at all. */
  readonly waits: number;
  /** The longest, as the database's clock has it. */
  readonly longestMs: number;
  /** The longest less the time by which the sampler itself was late meanwhile: what a busy machine added. */
  readonly longestOnTimeMs: number;
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
  readonly what: string;
  readonly waited_ms: number;
  readonly onTimeMs: number;
}

/** Looks every 20 ms who waits for a lock, until told to stop. A wait shorter than that may go unseen. */
export async function watchLockWaits(adminUrl: string): Promise<{ stop(): Promise<LockWaits> }> {
  const sql = await openSql(adminUrl);
  const count = async () => (await sql.rows<{ deadlocks: number }>(deadlocks))[0]?.deadlocks ?? 0;
  const before = await count();
  const waits = new Map<string, Wait>();
  const lateness: { at: number; lateMs: number }[] = [];
  let isStopping = false;
  let samples = 0;

  async function sample(): Promise<void> {
    const rows = await sql.rows<{ pid: number; since: string; what: string; waited_ms: number }>(waiting);
    const now = performance.now();
    samples += 1;
    for (const { pid, since, what, waited_ms } of rows) {
      const late = lateness.filter(({ at }) => at > now - waited_ms).reduce((sum, { lateMs }) => sum + lateMs, 0);
      waits.set(`${pid} ${since}`, { what, waited_ms, onTimeMs: Math.max(0, waited_ms - late) });
    }
  }
  async function watch(): Promise<void> {
    for (let last = performance.now(); !isStopping; ) {
      await sleep(INTERVAL_MS);
      await sample();
      const now = performance.now();
      lateness.push({ at: now, lateMs: Math.max(0, now - last - INTERVAL_MS) });
      last = now;
    }
  }
  const watching = watch();
  return {
    async stop() {
      isStopping = true;
      await watching;
      await sleep(COUNTERS_MS);
      const seen = [...waits.values()].sort((a, b) => b.onTimeMs - a.onTimeMs);
      const broken = (await count()) - before;
      await sql.close();
      return {
        samples,
        waits: seen.length,
        longestMs: Math.round(Math.max(0, ...seen.map(({ waited_ms }) => waited_ms))),
        longestOnTimeMs: Math.round(seen[0]?.onTimeMs ?? 0),
        longest: seen[0]?.what ?? '',
        deadlocks: broken,
      };
    },
  };
}
