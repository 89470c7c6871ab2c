import type { Sql } from './database.ts';
import type { Logger } from './logging.ts';
import { bury, claim, fairShare, type Lessee, leave, release, renew } from './outbox-slots.ts';
import { SEND_TIMEOUT_MS } from './relay-sender.ts';
import { type Rest, startTurns, type Turns } from './turns.ts';

export interface Leases {
  /** Slots whose lease outlasts a send that starts now. */
  sendable(): number[];
  owns(slot: number): boolean;
  /** The slots that are this relay's as far as it knows, though a lease may have run out without the database. */
  held(): number[];
  /** The session has changed, of which others must know. */
  tellSession(): void;
  start(): void;
  /** Gives everything back. Call it after the last send. */
  stop(): Promise<void>;
}

interface LeaseOptions {
  readonly database: Sql;
  readonly lessee: Lessee;
  readonly logger: Logger;
  /** There are new slots to look at. */
  readonly wake: () => void;
  /** Resolves when no send that is now under way is any longer. */
  readonly settled: () => Promise<unknown>;
  /** The number of this relay's session while it has one. */
  readonly session: () => number | undefined;
}

/** How often a relay looks for slots that others gave up, or left behind when they died. */
const LOOK_INTERVAL_MS = 1_000;

/**
 * Keeps this relay's fair share of the slots leased, renewing at a third of the lease. The slots of a relay whose
 * session is gone are free at once; if that relay lives after all, the database gives it nothing more to read of them.
 */
export function createLeases({ database, lessee, logger, wake, settled, session }: LeaseOptions): Leases {
  const { leaseMs } = lessee;
  if (leaseMs < SEND_TIMEOUT_MS * 1.5) throw new Error(`A lease of ${leaseMs} ms leaves no time to send in`);
  const held = createHeld(leaseMs);
  const stopping = new AbortController();
  let renewAt = 0;
  let told: number | undefined;
  let hasShare = false;

  async function giveBack(slots: readonly number[]): Promise<void> {
    held.drop(slots);
    await settled();
    await release(database, lessee, slots);
  }

  async function renewAll(): Promise<void> {
    const askedAt = performance.now();
    const asked = session();
    const kept = await renew(database, lessee, asked);
    told = asked;
    renewAt = askedAt + leaseMs / 3;
    held.drop(held.slots());
    held.take(kept, askedAt);
    hasShare = false;
  }
  async function claimUpTo(share: number): Promise<void> {
    const missing = share - held.slots().length;
    if (missing <= 0) return;
    const askedAt = performance.now();
    const claimed = await claim(database, lessee, missing);
    held.take(claimed, askedAt);
    if (claimed.length > 0) wake();
  }
  async function keepShare(): Promise<void> {
    if (performance.now() >= renewAt || session() !== told) await renewAll();
    // Without a session of its own a relay cannot tell the death of others from that of the database.
    if (session() !== undefined && (await bury(database, lessee))) hasShare = false;
    if (hasShare) return;
    const share = await fairShare(database);
    const surplus = held.slots().slice(share);
    if (surplus.length > 0) await giveBack(surplus);
    await claimUpTo(share);
    hasShare = held.slots().length >= share;
  }

  let turns: Turns | undefined;

  return {
    sendable: () => held.slotsBeyond(SEND_TIMEOUT_MS),
    owns: held.owns,
    held: held.slots,
    tellSession: () => turns?.wake(),
    start() {
      turns = startTurns(lookOf(keepShare, logger), stopping.signal);
    },
    async stop() {
      stopping.abort();
      await turns?.ended;
      const slots = held.slots();
      held.drop(slots);
      // Without the database the leases simply run out.
      await release(database, lessee, slots).catch(() => {});
      await leave(database, lessee).catch(() => {});
    },
  };
}

/** Looks every second, also after a fault, which is told once. */
function lookOf(keepShare: () => Promise<void>, logger: Logger): () => Promise<Rest> {
  let isFailing = false;
  return async () => {
    try {
      await keepShare();
      isFailing = false;
    } catch (error) {
      if (!isFailing) logger.warn({ err: error }, 'outbox leases cannot be renewed');
      isFailing = true;
    }
    return { kind: 'idle', ms: LOOK_INTERVAL_MS, atLeastMs: 0 };
  };
}

/** The slots that are leased, each until some time by this process's steady clock. */
function createHeld(leaseMs: number) {
  const until = new Map<number, number>();
  return {
    /** `askedAt` is from before the database was asked, so that no slot is held for longer than it is leased. */
    take(slots: readonly number[], askedAt: number): void {
      for (const slot of slots) until.set(slot, askedAt + leaseMs);
    },
    drop(slots: readonly number[]): void {
      for (const slot of slots) until.delete(slot);
    },
    slots: (): number[] => [...until.keys()],
    slotsBeyond(ms: number): number[] {
      const latest = performance.now() + ms;
      return [...until].filter(([, end]) => end > latest).map(([slot]) => slot);
    },
    owns: (slot: number): boolean => (until.get(slot) ?? 0) > performance.now(),
  };
}
