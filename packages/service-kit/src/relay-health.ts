import type { Logger } from './logging.ts';
import type { OutboxMetrics } from './metrics.ts';

/** What can fail by itself: a lane, or what all lanes need. */
export type Part = number | 'database';

export interface RelayHealth {
  healthy(): boolean;
  /** What it had to do is done. */
  succeeded(part: Part): void;
  failed(part: Part, error: unknown): void;
}

/** One line in the log when a first part cannot publish, one when all can again. */
export function createHealth(logger: Logger, metrics: OutboxMetrics | undefined): RelayHealth {
  const failing = new Set<Part>();
  return {
    healthy: () => failing.size === 0,
    succeeded(part) {
      if (failing.delete(part) && failing.size === 0) logger.info('events are published again');
    },
    failed(part, error) {
      metrics?.failures.inc();
      if (failing.size === 0) {
        logger.warn({ err: error, part }, 'events cannot be published; they are kept and tried again');
      }
      failing.add(part);
    },
  };
}
