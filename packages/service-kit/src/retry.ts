import { setTimeout as sleep } from 'node:timers/promises';

/** Serialization failure and deadlock: the transaction did nothing wrong and would pass on its own. */
const conflictStates = new Set(['40001', '40P01']);
const RETRIES_MAX = 3;
const FIRST_PAUSE_MS = 10;

/** The SQLSTATE of a database error, looking through TypeORM's wrapper. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  return typeof code === 'string' ? code : sqlState(driverError);
}

export function isConflict(error: unknown): boolean {
  return conflictStates.has(sqlState(error) ?? '');
}

/** Whether a lock was waited for in vain. */
export function isLockTimeout(error: unknown): boolean {
  return sqlState(error) === '55P03';
}

/** Repeats a whole transaction after a conflict, at most three times, each after a longer random pause. */
export async function retryingConflicts<T>(transaction: () => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (retries >= RETRIES_MAX || !isConflict(error)) throw error;
      await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** (retries + 1));
    }
  }
}

/** Pause before the next try after `failures` in a row, in milliseconds: doubling from `firstMs`, with jitter, up to `maxMs`. */
export function backOffMs(failures: number, firstMs: number, maxMs: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 20));
  return full / 2 + Math.random() * (full / 2);
}
