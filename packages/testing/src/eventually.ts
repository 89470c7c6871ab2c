import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;
const INTERVAL_MS = 25;

/**
 * Tries until `attempt` neither throws nor returns false, and returns what it returned. Once the time is over it
 * throws the last attempt's error.
 */
export async function eventually<T>(
  attempt: () => Promise<T> | T,
  options: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const { timeoutMs = TIMEOUT_MS, intervalMs = INTERVAL_MS } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      const result = await attempt();
      if (result !== false) return result;
      if (performance.now() > deadline) throw new Error(`Still false after ${timeoutMs} ms`);
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await sleep(intervalMs);
  }
}
