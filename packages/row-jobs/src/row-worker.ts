import { backOffMs, type Rest, startTurns } from '@tenor/service-kit';
import { type RowJobsOptions, workOnJob } from './job-work.ts';

/** What does this process's share of all jobs. */
export interface RowWorker {
  /** Looks now instead of after the interval. */
  wake(): void;
  /** Finishes the chunks under way; other workers go on from there at once. */
  stop(): Promise<void>;
}

/** A long job does not hold up the short ones behind it. */
const JOBS_AT_ONCE = 2;
const INTERVAL_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** Works on jobs until stopped; any number of processes may. */
export function startRowWorker(options: RowJobsOptions): RowWorker {
  const stopping = new AbortController();
  const lanes = Array.from({ length: JOBS_AT_ONCE }, () =>
    startTurns(laneOf(options, stopping.signal), stopping.signal),
  );
  return {
    wake: () => {
      for (const lane of lanes) lane.wake();
    },
    async stop() {
      stopping.abort(new Error('The worker stops'));
      await Promise.all(lanes.map(({ ended }) => ended));
    },
  };
}

function laneOf(options: RowJobsOptions, signal: AbortSignal): () => Promise<Rest> {
  let failures = 0;
  return async () => {
    try {
      const hasWorked = await workOnJob(options, signal);
      failures = 0;
      return hasWorked ? { kind: 'none' } : { kind: 'idle', ms: INTERVAL_MS, atLeastMs: 0 };
    } catch (error) {
      failures += 1;
      options.logger.warn({ err: error }, 'jobs wait for their surroundings');
      return { kind: 'back_off', ms: backOffMs(failures, INTERVAL_MS, LAST_RETRY_MS) };
    }
  };
}
