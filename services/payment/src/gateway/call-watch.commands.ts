import type { Database, Logger } from '@tenor/service-kit';
import { countOpenCalls, type OpenCalls } from './provider-polls.store.ts';

export interface CallWatchOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** Names of the providers in the configuration. */
  readonly providers: readonly string[];
  readonly gauges: CallGauges;
  /** Resolves after the time, or at once when `signal` aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface CallGauges {
  /** Replaces what was shown before. */
  show(open: readonly OpenCalls[]): void;
}

export interface CallWatch {
  stop(): Promise<void>;
}

const INTERVAL_MS = 5_000;

/**
 * Shows how many calls have no outcome and how old the oldest is, and warns once of each provider that calls wait for
 * and that is not configured. Such calls go on by themselves when a process starts that has the provider.
 */
export function startCallWatch(options: CallWatchOptions): CallWatch {
  const stopping = new AbortController();
  const { signal } = stopping;
  const missing = new Set<string>();
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await look(options, missing).catch((error: unknown) =>
        options.logger.debug({ err: error }, 'calls without an outcome cannot be counted'),
      );
      await options.pause(INTERVAL_MS, signal);
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

async function look({ database, logger, providers, gauges }: CallWatchOptions, missing: Set<string>): Promise<void> {
  const open = await countOpenCalls(database.background, providers);
  gauges.show(open);
  const lost = Map.groupBy(
    open.filter(({ state }) => state === 'not_configured'),
    ({ provider }) => provider,
  );
  for (const [provider, waiting] of lost) {
    if (missing.has(provider)) continue;
    const calls = waiting.reduce((sum, { count }) => sum + count, 0);
    const fault = { code: 'provider_not_configured', provider, calls };
    logger.warn(fault, 'calls wait for a provider that is not configured');
  }
  missing.clear();
  for (const provider of lost.keys()) missing.add(provider);
}
