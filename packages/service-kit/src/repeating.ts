import { setTimeout as sleep } from 'node:timers/promises';

export interface Repeating {
  /** Finishes the round under way. */
  stop(): Promise<void>;
}

/** Does `round` so many milliseconds after the last one ended, the first time too, until stopped. It must not reject. */
export function repeat(intervalMs: number, round: () => Promise<void>): Repeating {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(intervalMs, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await round();
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
