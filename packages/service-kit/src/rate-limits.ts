import type { Refusal } from '@tenor/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { anonymous } from './caller.ts';
import { addressKey } from './client-address.ts';
import type { BaseConfig } from './config.ts';
import { ProblemError } from './errors.ts';
import { type AttemptLimit, createRateLimitStore, type RateLimitStoreOptions } from './rate-limit-store.ts';
import { quietRoutes } from './request-context.ts';
import { createRequestQuota, QUOTA_WINDOW_SECONDS, type RequestQuota, type Standing } from './request-quota.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Requests here are attempts, of which one address, and one user where `limitBy` names them, has few: at `login`
     * those that are refused count, at `registration` all.
     */
    limit?: 'login' | 'registration';
    /** Whom a request names, by the valid body: a user name, a client's id. In whatever case it is the same one. */
    limitBy?: (request: FastifyRequest) => string | undefined;
  }
  interface FastifyRequest {
    /** What this request counted, to be taken back when it succeeds. */
    attempts: (() => Promise<void>)[] | undefined;
  }
}

export type RateLimitConfig = Pick<
  BaseConfig,
  'RATE_LIMIT_PER_MINUTE' | 'RATE_LIMIT_SERVICE_PER_MINUTE' | 'LOGIN_LIMIT_PER_USER' | 'LOGIN_LIMIT_PER_ADDRESS'
>;

export interface RateLimits {
  /** Counts a request by who sent it, and puts the standing on its answer; throws `rate_limited` when there were too many. */
  countRequest(request: FastifyRequest, reply: FastifyReply): void;
  /** Counts an attempt at a route that declares `limit`; throws `rate_limited` when there were too many. */
  countAttempt(request: FastifyRequest): Promise<void>;
  /** Takes an attempt back that was no failure. */
  forgiveAttempt(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

const ATTEMPT_WINDOW_SECONDS = 15 * 60;

/** A limit of 0 is none. */
function ifAny<Limit>(limit: number, create: () => Limit): Limit | undefined {
  return limit === 0 ? undefined : create();
}

export interface RateLimitOptions extends RateLimitStoreOptions {
  readonly nowMs?: () => number;
}

/** The limits that the configuration sets, counted in the service's database. */
export function createRateLimits(config: RateLimitConfig, options: RateLimitOptions): RateLimits {
  const store = createRateLimitStore(options);
  const clock = options.nowMs === undefined ? {} : { nowMs: options.nowMs };
  const quota = (limit: number) => ifAny(limit, () => createRequestQuota({ limit, report: store.report, ...clock }));
  const attempts = (name: string, limit: number) =>
    ifAny(limit, () => store.attempts(name, limit, ATTEMPT_WINDOW_SECONDS));
  const callers = quota(config.RATE_LIMIT_PER_MINUTE);
  const services = quota(config.RATE_LIMIT_SERVICE_PER_MINUTE);
  const byAddress = {
    login: attempts('login_address', config.LOGIN_LIMIT_PER_ADDRESS),
    registration: attempts('registration_address', config.LOGIN_LIMIT_PER_ADDRESS),
  };
  const byUser = attempts('login_user', config.LOGIN_LIMIT_PER_USER);

  return {
    countRequest(request, reply) {
      const { url } = request.routeOptions;
      if (url !== undefined && quietRoutes.has(url)) return;
      const taken = takeFrom(isPeer(request) ? services : callers, request);
      if (taken === undefined) return;
      const headers = standingHeaders('requests', taken, QUOTA_WINDOW_SECONDS);
      if (!taken.isAllowed) throw tooMany('There were too many requests within a minute.', taken.resetSeconds, headers);
      reply.headers(headers);
    },
    async countAttempt(request) {
      const { limit, limitBy } = request.routeOptions.config;
      if (limit === undefined) return;
      request.attempts = [];
      await takeAttempt(request, byAddress[limit], addressKey(request.ip));
      const user = limitBy?.(request);
      if (user !== undefined) await takeAttempt(request, byUser, user.normalize('NFKC').toLowerCase());
    },
    async forgiveAttempt(request, { statusCode }) {
      const isFailure = statusCode >= 400 && statusCode < 500;
      if (isFailure || request.routeOptions.config.limit !== 'login') return;
      await Promise.allSettled((request.attempts ?? []).map((giveBack) => giveBack()));
    },
  };
}

/** Only routes that declare `limit` pay for it. */
export function countAttempts(app: Pick<FastifyInstance, 'addHook'>, rateLimits: RateLimits): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.limit === undefined) return;
    route.preHandler = [(request) => rateLimits.countAttempt(request), ...[route.preHandler ?? []].flat()];
    // Before the answer leaves: whoever has it may try again at once.
    route.onSend = [
      async (request, reply, payload) => {
        await rateLimits.forgiveAttempt(request, reply);
        return payload;
      },
      ...[route.onSend ?? []].flat(),
    ];
  });
}

/** Whether the caller showed who it is: without that, whatever its roles, it is known by its address. */
function isNamed({ caller, headers }: FastifyRequest): boolean {
  return headers.authorization !== undefined && caller !== anonymous;
}

/** Another system of ours, or one that we have given a secret. */
function isPeer(request: FastifyRequest): boolean {
  const { permission } = request.routeOptions.config;
  if (permission === 'signed') return true;
  return isNamed(request) && (permission === 'basic' || request.caller.roles.includes('service'));
}

function takeFrom(quota: RequestQuota | undefined, request: FastifyRequest): Standing | undefined {
  return quota?.take(isNamed(request) ? `user ${request.caller.id}` : `address ${addressKey(request.ip)}`);
}

async function takeAttempt(request: FastifyRequest, limit: AttemptLimit | undefined, key: string): Promise<void> {
  if (limit === undefined) return;
  const waitSeconds = await limit.take(key);
  if (waitSeconds === undefined) {
    request.attempts?.push(() => limit.giveBack(key));
    return;
  }
  const standing = { limit: limit.limit, remaining: 0, resetSeconds: waitSeconds };
  const headers = standingHeaders('attempts', standing, ATTEMPT_WINDOW_SECONDS);
  throw tooMany('There were too many attempts.', waitSeconds, headers);
}

/** As draft-ietf-httpapi-ratelimit-headers has them: the quota and its window, and what is left of it until when. */
function standingHeaders(name: string, standing: Omit<Standing, 'isAllowed'>, windowSeconds: number) {
  const { limit, remaining, resetSeconds } = standing;
  return {
    'ratelimit-policy': `"${name}";q=${limit};w=${windowSeconds}`,
    ratelimit: `"${name}";r=${remaining};t=${resetSeconds}`,
  };
}

function tooMany(detail: string, waitSeconds: number, headers: Record<string, string>): ProblemError {
  const refusal: Refusal = { refused: 'rate_limited', detail, meta: { retry_after_seconds: waitSeconds, headers } };
  return new ProblemError(refusal);
}
