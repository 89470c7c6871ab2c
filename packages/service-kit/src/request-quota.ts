/** One minute by the clock, so that all processes count the same one. */
export const QUOTA_WINDOW_SECONDS = 60;
const WINDOW_MS = QUOTA_WINDOW_SECONDS * 1000;
/** A process tells the others of a caller's requests whenever there were so many more: this share of the limit. */
const BLOCKS_PER_LIMIT = 20;
/** What one process counts apart; whoever comes then, within the same minute, is counted as one. */
const KEYS_MAX = 100_000;
const REMAINING_CALLERS = 'all others';

/** How a caller stands after a request. */
export interface Standing {
  readonly isAllowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until the caller has the whole limit again. */
  readonly resetSeconds: number;
}

export interface RequestQuota {
  /** Counts a request of a caller, unless it is refused. Waits for nothing. */
  take(key: string): Standing;
}

export interface RequestQuotaOptions {
  /** Requests of one caller in a minute, at all processes together. */
  readonly limit: number;
  /**
   * Adds a caller's requests to what all processes counted under the name, and resolves to the sum; to undefined when
   * it cannot be told at the moment, and then asks again with the next request. Must not reject.
   */
  readonly report: (name: string, requests: number) => Promise<number | undefined>;
  readonly keysMax?: number;
  readonly nowMs?: () => number;
}

interface Count {
  /** Requests let through here. */
  used: number;
  /** Of these, told to the others. */
  reported: number;
  /** Let through elsewhere, as last heard. */
  elsewhere: number;
  isReporting: boolean;
}

/**
 * Requests per caller and minute, decided from memory. A process reports what it counted in blocks, behind the requests,
 * and learns at the same time what the others counted: a caller gets past the limit by at most a block per further
 * process and what comes during a report, and no request waits for it. While nothing can be reported every process grants the limit by itself.
 */
export function createRequestQuota(options: RequestQuotaOptions): RequestQuota {
  const { limit, report, keysMax = KEYS_MAX, nowMs = Date.now } = options;
  const block = Math.max(1, Math.floor(limit / BLOCKS_PER_LIMIT));
  let window = -1;
  let counts = new Map<string, Count>();

  function countOf(key: string): { name: string; count: Count } {
    const name = counts.has(key) || counts.size < keysMax ? key : REMAINING_CALLERS;
    const known = counts.get(name);
    if (known !== undefined) return { name, count: known };
    const count: Count = { used: 0, reported: 0, elsewhere: 0, isReporting: false };
    counts.set(name, count);
    return { name, count };
  }

  async function reportBlocks(name: string, count: Count): Promise<void> {
    if (count.isReporting) return;
    count.isReporting = true;
    while (count.used - count.reported >= block) {
      const requests = count.used - count.reported;
      const sum = await report(name, requests);
      if (sum === undefined) break;
      count.reported += requests;
      count.elsewhere = Math.max(count.elsewhere, sum - count.reported);
    }
    count.isReporting = false;
  }

  return {
    take(key) {
      const now = nowMs();
      const current = Math.floor(now / WINDOW_MS);
      if (current !== window) {
        window = current;
        counts = new Map();
      }
      const { name, count } = countOf(key);
      const resetSeconds = Math.ceil(((current + 1) * WINDOW_MS - now) / 1000);
      const left = limit - count.used - count.elsewhere;
      if (left <= 0) return { isAllowed: false, limit, remaining: 0, resetSeconds };
      count.used += 1;
      void reportBlocks(`${name} ${current}`, count);
      return { isAllowed: true, limit, remaining: left - 1, resetSeconds };
    },
  };
}
