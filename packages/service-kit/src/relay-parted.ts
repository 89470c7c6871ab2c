import type { RelayHealth } from './relay-health.ts';
import type { Outcome } from './relay-pass.ts';
import { backOffMs } from './retry.ts';
import { type Rest, startTurns, type Turns } from './turns.ts';

export interface PartedLanes {
  has(lane: number): boolean;
  /** Has it go on by itself: at once, or after its first back-off when its send failed. */
  part(lane: number, why: 'slow' | 'failed'): void;
  /** Has these look now, or all. */
  wake(lanes?: ReadonlySet<number>): void;
  /** Resolves once they have ended after `signal`. */
  ended(): Promise<unknown>;
}

interface PartedOptions {
  /** One pass over this lane alone. */
  readonly passOver: (lane: number) => Promise<Outcome>;
  /** Whether it has slots at all, such as may be sent from once their lease is renewed. */
  readonly holds: (lane: number) => boolean;
  readonly health: RelayHealth;
  /** A pass that takes no longer is quick. */
  readonly slowSendMs: number;
  readonly rejoined: () => void;
  readonly signal: AbortSignal;
}

/** They are woken when there is something; what they wait for by themselves is only a lease. */
const IDLE_MS = 5_000;
const UNLEASED_MS = 1_000;
const FIRST_BACK_OFF_MS = 100;
const BACK_OFF_MAX_MS = 5_000;

/** After a pass: the next at once while there is more, else until something is told, or a lease may be renewed. */
export function restAfter(
  outcome: Outcome,
  { hasSlots, atLeastMs = 0 }: { hasSlots: boolean; atLeastMs?: number },
): Rest {
  if (outcome === 'more') return { kind: 'none' };
  return { kind: 'idle', ms: outcome === 'unleased' && hasSlots ? UNLEASED_MS : IDLE_MS, atLeastMs };
}

/** After so many passes in a row that failed. */
export function restAfterFailures(failures: number): Rest {
  return { kind: 'back_off', ms: backOffMs(failures, FIRST_BACK_OFF_MS, BACK_OFF_MAX_MS) };
}

/** Lanes that do not send with the others, until a pass of their own is acknowledged quickly. */
export function createPartedLanes(options: PartedOptions): PartedLanes {
  const { passOver, holds, health, slowSendMs, rejoined, signal } = options;
  const parted = new Map<number, Turns>();

  const turnOf = (lane: number): (() => Promise<Rest>) => {
    let failures = 1;
    return async () => {
      const startedAt = performance.now();
      try {
        const outcome = await passOver(lane);
        if (outcome === 'unleased' && holds(lane)) return restAfter(outcome, { hasSlots: true });
        failures = 0;
        health.succeeded(lane);
        if (performance.now() - startedAt >= slowSendMs) return restAfter(outcome, { hasSlots: holds(lane) });
        parted.delete(lane);
        rejoined();
        return { kind: 'end' };
      } catch (error) {
        failures += 1;
        health.failed(lane, error);
        return restAfterFailures(failures);
      }
    };
  };

  return {
    has: (lane) => parted.has(lane),
    part(lane, why) {
      if (parted.has(lane)) return;
      parted.set(lane, startTurns(turnOf(lane), signal, why === 'slow' ? { kind: 'none' } : restAfterFailures(1)));
    },
    wake(lanes) {
      for (const [lane, turns] of parted) if (lanes?.has(lane) ?? true) turns.wake();
    },
    ended: () => Promise.all([...parted.values()].map(({ ended }) => ended)),
  };
}
