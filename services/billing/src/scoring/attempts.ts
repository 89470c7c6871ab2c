/** After the first query so many more. */
export const QUERY_RETRIES = 5;
const INITIATION_PAUSE_MS_MAX = 60_000;
const DOUBLINGS_MAX = 16;

/** What follows a query that brought no score: another after so many milliseconds, or none. */
export type NextQuery = { readonly kind: 'again'; readonly inMs: number } | { readonly kind: 'exhausted' };

/**
 * What follows the `attempt`-th query, counted from 1: the retries come `firstMs` after it, then twice as long each time;
 * with 1,000 ms after 1, 2, 4, 8 and 16 s.
 */
export function afterQuery(attempt: number, firstMs: number): NextQuery {
  return attempt > QUERY_RETRIES ? { kind: 'exhausted' } : { kind: 'again', inMs: firstMs * 2 ** (attempt - 1) };
}

/** How long after the `attempt`-th initiation, counted from 1, the next one comes: it has no last one. */
export function afterInitiation(attempt: number, firstMs: number): number {
  return Math.min(INITIATION_PAUSE_MS_MAX, firstMs * 2 ** Math.min(attempt - 1, DOUBLINGS_MAX));
}
