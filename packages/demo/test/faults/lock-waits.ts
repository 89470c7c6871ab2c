import { setTimeout as sleep } from 'node:timers/promises';
import { openSql } from '@tenor/testing';

/** Somebody who waited for a lock that another held. */
export interface LockWait {
  /** What was waited for, and by which statement. */
  readonly what: string;
  /** At most: until the look that saw it no more. */
  readonly waitedMs: number;
}

export interface LockWaits {
  /** How often it was looked. */
  readonly samples: number;
  /** Every wait that was seen, the longest first. */
  readonly waits: readonly LockWait[];
  /** Of a core, from 0 to 1: what a thread with work got at least, but for the worst quarter of the time. */
  readonly coreShare: number;
  /** How many deadlocks the server broke up meanwhile, repeated or not. */
  readonly deadlocks: number;
}

const INTERVAL_MS = 20;
const CONTROL_CPU_US = 10_000;
const LOOKS_PER_CONTROL = 5;

const waiting = `
  select (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms,
         (select coalesce(jsonb_object_agg(l.pid || ' ' || l.waitstart, jsonb_build_object(
                   'since_ms', extract(epoch from l.waitstart) * 1000,
                   'what', l.locktype || ' ' || l.mode || ': ' || left(a.query, 200))), '{}')
            from pg_locks l join pg_stat_activity a using (pid)
           where not l.granted and l.waitstart is not null and a.datname = current_database()) as waits`;

// The counters come late: a backend tells them at the end of a transaction, but not more often than once a second.
const COUNTERS_MS = 1_200;
const deadlocks = 'select deadlocks::int from pg_stat_database where datname = current_database()';

interface Look {
  readonly now_ms: number;
  /** By who waits and since when. */
  readonly waits: Readonly<Record<string, { readonly since_ms: number; readonly what: string }>>;
}

interface Seen {
  readonly what: string;
  readonly sinceMs: number;
  untilMs: number;
}

/** Works for 10 ms of a core's time, and tells which share of the time that has passed that was. */
function measureCoreShare(): number {
  const started = performance.now();
  const before = process.threadCpuUsage();
  let usedUs = 0;
  while (usedUs < CONTROL_CPU_US) {
    const { user, system } = process.threadCpuUsage(before);
    usedUs = user + system;
  }
  return Math.min(1, usedUs / 1000 / (performance.now() - started));
}

/** Looks every 20 ms who waits for a lock, until told to stop. A wait shorter than that may go unseen. */
export async function watchLockWaits(adminUrl: string): Promise<{ stop(): Promise<LockWaits> }> {
  const sql = await openSql(adminUrl);
  const count = async () => (await sql.rows<{ deadlocks: number }>(deadlocks))[0]?.deadlocks ?? 0;
  const before = await count();
  const seen = new Map<string, Seen>();
  const coreShares: number[] = [];
  let samples = 0;
  let open: readonly Seen[] = [];
  let isStopping = false;

  async function look(): Promise<void> {
    if (samples % LOOKS_PER_CONTROL === 0) coreShares.push(measureCoreShare());
    samples += 1;
    const [now] = await sql.rows<Look>(waiting);
    if (now === undefined) throw new Error('The database told nothing of its locks');
    for (const [key, { since_ms: sinceMs, what }] of Object.entries(now.waits)) {
      if (!seen.has(key)) seen.set(key, { what, sinceMs, untilMs: now.now_ms });
    }
    const waitingNow = [...seen].filter(([key]) => key in now.waits).map(([, wait]) => wait);
    for (const wait of [...open, ...waitingNow]) wait.untilMs = now.now_ms;
    open = waitingNow;
  }
  async function watch(): Promise<void> {
    while (!isStopping) {
      await look();
      await sleep(INTERVAL_MS);
    }
    if (open.length > 0) await look();
  }
  const watching = watch();
  return {
    async stop() {
      isStopping = true;
      await watching;
      await sleep(COUNTERS_MS);
      const broken = (await count()) - before;
      await sql.close();
      const waits = [...seen.values()]
        .map(({ what, sinceMs, untilMs }) => ({ what, waitedMs: Math.round(untilMs - sinceMs) }))
        .sort((a, b) => b.waitedMs - a.waitedMs);
      const coreShare = coreShares.toSorted((a, b) => a - b)[Math.floor(coreShares.length / 4)] ?? 1;
      return { samples, waits, coreShare: Math.round(coreShare * 100) / 100, deadlocks: broken };
    },
  };
}
