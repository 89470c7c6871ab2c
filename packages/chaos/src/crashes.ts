import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@tenor/testing';

/** What can be killed, with how to start it again. */
export interface Target {
  readonly name: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface Crash {
  readonly target: string;
  /** By this process's steady clock, in milliseconds, as the next. */
  readonly killedAt: number;
  /** When it served again. */
  readonly servedAt: number;
}

export interface CrashOptions {
  readonly targets: readonly Target[];
  readonly random: Random;
  /** Resolves once operations of every kind are acknowledged, and a payment is applied, since the call. */
  readonly recovered: () => Promise<void>;
  readonly crashed: (crash: Crash) => void;
  /** Ends after the round under way. */
  readonly enough: AbortSignal;
  /** Ends after the crash under way. */
  readonly signal: AbortSignal;
}

const UNDER_LOAD_MIN_MS = 500;
const UNDER_LOAD_MAX_MS = 2_500;
const DOWN_MAX_MS = 1_500;

/** Kills each target in turn at random moments, round after round, each only once all has recovered from the last. */
export async function crashInTurn(options: CrashOptions): Promise<void> {
  const { targets, random, recovered, crashed, enough, signal } = options;
  do {
    for (const { name, kill, start } of targets) {
      await sleep(random.int(UNDER_LOAD_MIN_MS, UNDER_LOAD_MAX_MS), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const killedAt = performance.now();
      await kill();
      await sleep(random.int(0, DOWN_MAX_MS));
      await start();
      crashed({ target: name, killedAt, servedAt: performance.now() });
      await recovered();
    }
  } while (!enough.aborted && !signal.aborted);
}
