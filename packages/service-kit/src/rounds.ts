import type { Logger } from './logging.ts';
import { backOffMs } from './retry.ts';

/** What one look for due calls to an outside system came to. */
export interface Round {
  readonly taken: number;
  readonly answered: number;
}

export interface RoundsOptions {
  readonly logger: Logger;
  /** The outside system's name. */
  readonly peer: string;
  /** Log lines for when answers stop, and for when they come again. */
  readonly lines: { readonly silent: string; readonly answered: string };
  /** Resolves after the time, or at once when `signal` aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Rounds {
  /** Looks now instead of after the interval. */
  wake(): void;
  /** Finishes the round under way. */
  stop(): Promise<void>;
}

/** Most calls that one round takes. */
export const BATCH_MAX = 20;
const INTERVAL_MS = 1_000;
/** The first and the longest pause before what got no answer is tried again. */
export const FIRST_RETRY_MS = 500;
export const LAST_RETRY_MS = 60_000;

/** Does rounds until stopped, one after the other; slower while nothing is answered, at once while batches are full. */
export function startRounds(options: RoundsOptions, round: () => Promise<Round>): Rounds {
  const stopping = new AbortController();
  let alarm = new AbortController();
  const tellSilence = silenceTeller(options);
  const run = async (): Promise<void> => {
    let silentRounds = 0;
    while (!stopping.signal.aborted) {
      const { taken, answered } = await round().catch(tellSilence.failed);
      silentRounds = taken > 0 && answered === 0 ? silentRounds + 1 : 0;
      tellSilence.rounds(silentRounds, answered);
      if (silentRounds > 0)
        await options.pause(backOffMs(silentRounds, FIRST_RETRY_MS, LAST_RETRY_MS), stopping.signal);
      else if (taken < BATCH_MAX) await options.pause(INTERVAL_MS, alarm.signal);
      if (alarm.signal.aborted) alarm = new AbortController();
    }
  };
  const running = run();
  return {
    wake: () => alarm.abort(),
    async stop() {
      stopping.abort();
      alarm.abort();
      await running;
    },
  };
}

/** One line in the log when answers stop, and one when they come again. */
function silenceTeller({ logger, peer, lines }: RoundsOptions) {
  let isSilent = false;
  const fallSilent = (fault: object): void => {
    if (!isSilent) logger.warn({ peer, ...fault }, lines.silent);
    isSilent = true;
  };
  return {
    failed(error: unknown): Round {
      fallSilent({ err: error });
      return { taken: 0, answered: 0 };
    },
    rounds(silentRounds: number, answered: number) {
      if (silentRounds > 0) fallSilent({});
      if (answered === 0 || !isSilent) return;
      isSilent = false;
      logger.info({ peer }, lines.answered);
    },
  };
}

/** Waits for all of a round's calls; each says whether it was answered. Rejects if one of them failed. */
export async function roundOf(calls: readonly Promise<boolean>[]): Promise<Round> {
  const ended = await Promise.allSettled(calls);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return { taken: calls.length, answered: ended.filter((one) => one.status === 'fulfilled' && one.value).length };
}
