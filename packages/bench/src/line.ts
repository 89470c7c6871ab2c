import type { Load } from './load.ts';
import type { Usage } from './processes.ts';
import { percentile, rounded } from './samples.ts';

export const lineNames = [
  'open_loan',
  'record_payment',
  'drain',
  'both_at_once',
  'settled_to_applied',
  'read_outstanding',
  'read_schedule',
  'hello',
  'read_outstanding_through_gateway',
  'plan_annuity_of_360',
  'import_customers',
] as const;
export type LineName = (typeof lineNames)[number];

/** One measured line of a round. */
export interface Line {
  /** Those that succeeded. */
  readonly operations: number;
  readonly errors: number;
  /** Of those that succeeded. */
  readonly per_second: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly processes: Readonly<Record<string, Usage>>;
}

/** The line of a load; `seconds` are the load's own, unless what it began was over only later. */
export function lineOf(
  { latencies, errors, seconds: answered }: Load,
  processes: Line['processes'],
  seconds: number = answered,
): Line {
  return {
    operations: latencies.length,
    errors: [...errors.values()].reduce((sum, count) => sum + count, 0),
    per_second: rounded(latencies.length / seconds, 1),
    p50_ms: rounded(percentile(latencies, 0.5), 2),
    p99_ms: rounded(percentile(latencies, 0.99), 2),
    processes,
  };
}

/** The line of a backlog of so many that was worked off in so many seconds. */
export function lineOfBacklog(operations: number, seconds: number, processes: Line['processes']): Line {
  return { operations, errors: 0, per_second: rounded(operations / seconds, 1), p50_ms: null, p99_ms: null, processes };
}
