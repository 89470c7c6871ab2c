import { createHmac } from 'node:crypto';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from './database.ts';
import type { Purge } from './housekeeping.ts';
import type { Logger } from './logging.ts';
import { statement } from './statement.ts';

const TABLE = 'rate_limits';

/** Counts whose time is over. */
export const rateLimitPurge: Purge = { table: TABLE, column: 'to_timestamp(expire / 1000.0)', keepDays: 0 };

/** After a failure the shared counts are left alone for so long. */
const REST_MS = 5_000;
const REPORTS_AT_ONCE_MAX = 2;
/** A report counts for its minute and the next: the clocks of two machines may differ. */
const REPORT_SECONDS = 120;
const POINTS_MAX = 2 ** 31 - 1;

export interface AttemptLimit {
  readonly limit: number;
  /** Counts an attempt. Resolves to the seconds to wait when there were too many, else to undefined. */
  take(key: string): Promise<number | undefined>;
  /** Takes back what `take` counted. */
  giveBack(key: string): Promise<void>;
}

export interface RateLimitStore {
  /** As a quota of requests needs it. */
  report(name: string, requests: number): Promise<number | undefined>;
  /** So many attempts per key within so many seconds from the first, at all processes together; without the database at each. */
  attempts(name: string, limit: number, seconds: number): AttemptLimit;
}

export interface RateLimitStoreOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** Callers are known by their HMAC under this secret: no name and no address is stored. */
  readonly secret: string;
}

interface Row {
  readonly points: number;
  readonly expire: bigint;
}

/** Counts that all processes of a service share, in its database. */
export function createRateLimitStore({ database, logger, secret }: RateLimitStoreOptions): RateLimitStore {
  const storeKey = (name: string) => createHmac('sha256', secret).update(`rate limit ${name}`).digest('base64url');
  const storeClient = {
    async query({ name, text, values }: { name: string; text: string; values: readonly unknown[] }) {
      const rows = await database.background.query<Row>(statement(name, text), values);
      return { rows: rows.map(({ points, expire }) => ({ points, expire: Number(expire) })), rowCount: rows.length };
    },
  };
  const shared = (name: string, points: number, duration: number, insurance?: RateLimiterMemory) =>
    new RateLimiterPostgres({
      storeClient,
      storeType: 'client',
      tableName: TABLE,
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: name,
      points,
      duration,
      ...(insurance === undefined ? {} : { insuranceLimiter: insurance }),
    });
  const reports = shared('requests', POINTS_MAX, REPORT_SECONDS);
  let restUntil = Number.NEGATIVE_INFINITY;
  let underWay = 0;

  return {
    async report(name, requests) {
      if (underWay >= REPORTS_AT_ONCE_MAX || performance.now() < restUntil) return undefined;
      underWay += 1;
      try {
        return (await reports.penalty(storeKey(name), requests)).consumedPoints;
      } catch (error) {
        restUntil = performance.now() + REST_MS;
        logger.warn({ err: error }, 'rate limits are not shared at the moment');
        return undefined;
      } finally {
        underWay -= 1;
      }
    },
    attempts(name, limit, seconds) {
      const alone = new RateLimiterMemory({ keyPrefix: name, points: limit, duration: seconds });
      const limiter = shared(name, limit, seconds, alone);
      return {
        limit,
        async take(key) {
          try {
            await limiter.consume(storeKey(key));
            return undefined;
          } catch (refusal) {
            if (!(refusal instanceof RateLimiterRes)) throw refusal;
            return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
          }
        },
        async giveBack(key) {
          await limiter.reward(storeKey(key));
        },
      };
    },
  };
}
