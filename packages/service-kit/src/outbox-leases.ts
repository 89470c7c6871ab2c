import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from './database.ts';
import { newId } from './ids.ts';
import type { Logger } from './logging.ts';
import { claim, fairShare, type Lessee, leave, release, renew } from './outbox-slots.ts';
import { SEND_TIMEOUT_MS } from './relay-sender.ts';

export interface Leases {
  /** Slots whose lease outlasts a send that starts now. */
  sendable(): number[];
  owns(slot: number): boolean;
  /** Whether the slot is this relay's as far as it knows, though the lease may have run out without the database. */
  holds(slot: number): boolean;
  start(): Promise<void>;
  /** Gives everything back. Call it after the last send. */
  stop(): Promise<void>;
}

interface LeaseOptions {
  readonly database: Sql;
  readonly leaseMs: number;
  readonly logger: Logger;
  /** There are new slots to look at. */
  readonly wake: () => void;
  /** Resolves when no send that is now under way is any longer. */
  readonly settled: () => Promise<unknown>;
}

/** How often a relay below its share looks for slots that others gave up. */
const CLAIM_INTERVAL_MS = 1_000;

/** Keeps this relay's fair share of the slots leased, renewing at a third of the lease. */
export function createLeases({ database, leaseMs, logger, wake, settled }: LeaseOptions): Leases {
  if (leaseMs < SEND_TIMEOUT_MS * 1.5) throw new Error(`A lease of ${leaseMs} ms leaves no time to send in`);
  const lessee: Lessee = { id: newId(), leaseMs };
  // By this process's steady clock, taken before the database was asked, so that it never ends after the lease itself.
  const until = new Map<number, number>();
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  const take = (slots: readonly number[], askedAt: number): void => {
    for (const slot of slots) until.set(slot, askedAt + leaseMs);
  };

  async function keepShare(): Promise<boolean> {
    const renewedAt = performance.now();
    const kept = await renew(database, lessee);
    until.clear();
    take(kept, renewedAt);
    const share = await fairShare(database);
    if (kept.length > share) await giveBack(kept.slice(share));
    if (kept.length >= share) return true;
    const claimedAt = performance.now();
    const claimed = await claim(database, lessee, share - kept.length);
    take(claimed, claimedAt);
    if (claimed.length > 0) wake();
    return kept.length + claimed.length >= share;
  }

  async function giveBack(slots: readonly number[]): Promise<void> {
    for (const slot of slots) until.delete(slot);
    await settled();
    await release(database, lessee, slots);
  }

  return {
    sendable() {
      const latest = performance.now() + SEND_TIMEOUT_MS;
      return [...until].filter(([, end]) => end > latest).map(([slot]) => slot);
    },
    owns: (slot) => (until.get(slot) ?? 0) > performance.now(),
    holds: (slot) => until.has(slot),
    async start() {
      loop = repeat(keepShare, { leaseMs, logger, signal: stopping.signal });
      await loop;
    },
    async stop() {
      stopping.abort();
      await loop;
      const slots = [...until.keys()];
      until.clear();
      // Without the database the leases simply run out.
      await release(database, lessee, slots).catch(() => {});
      await leave(database, lessee).catch(() => {});
    },
  };
}

/** Runs rounds until the signal: soon again while the share is not full, and after a fault, which is told once. */
async function repeat(
  keepShare: () => Promise<boolean>,
  { leaseMs, logger, signal }: { leaseMs: number; logger: Logger; signal: AbortSignal },
): Promise<void> {
  let isFailing = false;
  while (!signal.aborted) {
    let hasShare = false;
    try {
      hasShare = await keepShare();
      isFailing = false;
    } catch (error) {
      if (!isFailing) logger.warn({ err: error }, 'outbox leases cannot be renewed');
      isFailing = true;
    }
    const pauseMs = hasShare ? leaseMs / 3 : Math.min(leaseMs / 3, CLAIM_INTERVAL_MS);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}
