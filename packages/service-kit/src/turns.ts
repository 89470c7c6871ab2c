import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** Resolves once all that waits already has had its turn: for long work of one request, between two parts of it. */
export function nextTurn(): Promise<void> {
  return setImmediate();
}

/**
 * What comes after a turn: the next at once; a rest that a wake ends early, but no sooner than `atLeastMs` after the
 * turn began; a rest that nothing ends early; or nothing more.
 */
export type Rest =
  | { readonly kind: 'none' }
  | { readonly kind: 'idle'; readonly ms: number; readonly atLeastMs: number }
  | { readonly kind: 'back_off'; readonly ms: number }
  | { readonly kind: 'end' };

export interface Turns {
  /** Has the next turn begin now, or as soon as its rest allows. */
  wake(): void;
  /** Resolves after the last turn, which is the one under way when the signal comes. */
  readonly ended: Promise<void>;
}

/** Takes turns, one after the other, until one ends them or the signal does. A turn must not reject. */
export function startTurns(turn: () => Promise<Rest>, signal: AbortSignal, first: Rest = { kind: 'none' }): Turns {
  let isDirty = false;
  let interrupt = (): void => {};

  async function run(): Promise<void> {
    let rest = first;
    let begunAt = performance.now();
    while (!signal.aborted && rest.kind !== 'end') {
      if (rest.kind === 'back_off') await pause(rest.ms);
      if (rest.kind === 'idle') await idle(rest, begunAt);
      if (signal.aborted) return;
      isDirty = false;
      begunAt = performance.now();
      rest = await turn();
    }
  }
  async function idle({ ms, atLeastMs }: { ms: number; atLeastMs: number }, begunAt: number): Promise<void> {
    if (!isDirty) {
      const woken = new Promise<void>((resolve) => {
        interrupt = resolve;
      });
      await pause(ms, woken);
    }
    const leftMs = begunAt + atLeastMs - performance.now();
    if (leftMs > 0) await pause(leftMs);
  }
  async function pause(ms: number, woken?: Promise<void>): Promise<void> {
    const over = new AbortController();
    const slept = sleep(ms, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => {});
    await (woken === undefined ? slept : Promise.race([slept, woken]));
    over.abort();
  }

  return {
    wake() {
      isDirty = true;
      interrupt();
    },
    ended: run(),
  };
}
