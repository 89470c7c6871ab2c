export interface WaiterOptions {
  /** Which of the ids have happened by now; one call for all that wait. */
  readonly poll: (ids: string[]) => Promise<Set<string>>;
  readonly intervalMs?: number;
  /** Beyond this many at once, a wait ends at once and unanswered. */
  readonly maxWaiting?: number;
}

export interface Waiter {
  /** Resolves true once a poll names the id; false after `timeoutMs`, on stop, or when too many wait. Never rejects. */
  wait(id: string, timeoutMs: number): Promise<boolean>;
  waiting(): number;
  /** Ends all waits with false. */
  stop(): void;
}

const DEFAULT_INTERVAL_MS = 25;
const DEFAULT_MAX_WAITING = 500;

/** The longest that a client may ask to wait. */
export const MAX_WAIT_SECONDS = 30;

/** Seconds asked for by `Prefer: wait=N` (RFC 7240) in milliseconds, at most MAX_WAIT_SECONDS; 0 when not asked. */
export function preferredWaitMs(prefer: string | string[] | undefined): number {
  const text = Array.isArray(prefer) ? prefer.join(',') : (prefer ?? '');
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?=[,;]|$)/i.exec(text)?.[1];
  return seconds === undefined ? 0 : Math.min(Number.parseInt(seconds, 10), MAX_WAIT_SECONDS) * 1000;
}

/**
 * Lets many requests wait for something to have happened with one shared poll, so that a waiting
 * request holds no connection and no transaction. A poll that fails is tried again.
 */
export function createWaiter(options: WaiterOptions): Waiter {
  const { poll, intervalMs = DEFAULT_INTERVAL_MS, maxWaiting = DEFAULT_MAX_WAITING } = options;
  const settlers = new Map<string, Set<(happened: boolean) => void>>();
  let count = 0;
  let isPolling = false;
  let isStopped = false;

  async function pollWhileAnyWait(): Promise<void> {
    if (isPolling) return;
    isPolling = true;
    while (settlers.size > 0) {
      const happened = await poll([...settlers.keys()]).catch(() => new Set<string>());
      for (const id of happened) for (const settle of [...(settlers.get(id) ?? [])]) settle(true);
      if (settlers.size > 0) await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
    isPolling = false;
  }

  function wait(id: string, timeoutMs: number): Promise<boolean> {
    if (isStopped || timeoutMs <= 0 || count >= maxWaiting) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (happened: boolean): void => {
        clearTimeout(timer);
        const same = settlers.get(id);
        if (same?.delete(settle)) count -= 1;
        if (same?.size === 0) settlers.delete(id);
        resolve(happened);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      settlers.set(id, (settlers.get(id) ?? new Set()).add(settle));
      count += 1;
      void pollWhileAnyWait();
    });
  }

  function stop(): void {
    isStopped = true;
    for (const same of [...settlers.values()]) for (const settle of [...same]) settle(false);
  }

  return { wait, waiting: () => count, stop };
}
