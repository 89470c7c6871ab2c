const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Pauses after the failed attempts of a delivery. The first steps are those of Svix, which ends after 27 hours; the last
 * ones reach to the three days of Stripe, so that a target may be down over a weekend.
 */
export const RETRY_PAUSES_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
/** A pause is longer by up to this share of it, so that what failed together is not repeated together. */
const JITTER = 0.1;

/**
 * How long a delivery waits after `failures` failed attempts in a row, in ms; undefined when it is given up. `chance` is
 * between 0 and 1.
 */
export function retryPauseMs(failures: number, chance: number): number | undefined {
  const pause = RETRY_PAUSES_MS[failures - 1];
  return pause === undefined ? undefined : Math.round(pause * (1 + JITTER * chance));
}

/** A subscription whose every attempt fails for so long is disabled. */
export const DISABLED_AFTER_FAILING_MS = 5 * 24 * HOUR_MS;
