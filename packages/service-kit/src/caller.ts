import type { Span } from './tracer.ts';

/** Who sent a request or, for a consumer, on whose behalf a change is made. */
export interface Caller {
  readonly id: string;
  readonly roles: readonly string[];
  /** Only for a caller of role `customer`: the customer that this caller is. */
  readonly customerId?: string;
}

/** What a command knows of the request that it serves. */
export interface CommandContext {
  readonly caller: Caller;
  readonly requestId: string;
  /** The client's; left out where no request is served, as for a consumer. */
  readonly address?: string;
  /** W3C traceparent of the cause; it travels on in the events that the command publishes. A new trace begins without. */
  readonly traceparent?: string | undefined;
  /** Traceparents of further causes, where a batch has several. */
  readonly links?: readonly string[];
  readonly idempotency?: {
    readonly scope: string;
    readonly requestHash: string;
    /** Which run this is of a command that may need several: a duplicate shares the outcome of the same run only. */
    readonly run?: string;
  };
}

/** The caller of a request without a token, where none is asked for: an admin, or the other service. */
export const anonymousAdmin: Caller = { id: 'anonymous', roles: ['admin', 'service'] };

/** The caller of a public route: nobody in particular, allowed nothing in particular. */
export const anonymous: Caller = { id: 'anonymous', roles: [] };

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
    traceparent: string;
    /** Only while tracing is on, and not for probes. */
    span: Span | undefined;
  }
}
