import type { ProblemEntry } from './problem.ts';

/** Refusals of requests that are too long, or too many. */
export const limitProblems = {
  query_too_long: {
    class: 'uri_too_long',
    title: 'The query is too long',
    explanation: 'The part of the URL after its question mark has more characters than are taken here.',
    remedy: 'Filter by less at once.',
  },
  rate_limited: {
    class: 'rate_limited',
    title: 'Too many requests',
    explanation:
      'The user, or the address of a request without a token, asked more often than the `RateLimit-Policy` header allows; or there were too many attempts to log in, for this user name or from this address, whether or not the user exists.',
    remedy: 'Wait for the seconds that `Retry-After` gives, and spread requests over time.',
  },
} as const satisfies Record<string, ProblemEntry>;
