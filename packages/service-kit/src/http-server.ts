import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '@tenor/contracts';
import type { FastifyTypeProvider } from 'fastify';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
  type RawServerDefault,
} from 'fastify';
import type { Static, TSchema } from 'typebox';
import { answerClientFault } from './client-faults.ts';
import type { Logger } from './logging.ts';
import { requestIdOf } from './request-context.ts';
import { securityHeaders } from './security-headers.ts';

/** Schemas give a handler its types, and besides its answers any handler may return a refusal. */
export interface KitTypeProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> | Refusal : unknown;
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  KitTypeProvider
>;

/** How long a client may take, in milliseconds. */
export interface ClientPatience {
  /** For the head of a request, from the connection or from the answer before. */
  readonly headersMs: number;
  /** For a whole request. */
  readonly requestMs: number;
  /** Between two requests; longer than a proxy in front usually waits, so that it never sends on a connection just closed. */
  readonly idleMs: number;
  /** How often all this is looked at: the error of the first two. */
  readonly checkMs: number;
}

const PATIENCE: ClientPatience = { headersMs: 10_000, requestMs: 30_000, idleMs: 72_000, checkMs: 2_000 };
const BODY_LIMIT_BYTES = 256 * 1024;
const HEADERS_LIMIT_BYTES = 16 * 1024;
const PATH_PARAMETER_LENGTH_MAX = 200;

export interface ServerOptions {
  readonly logger: Logger;
  /** Whose X-Forwarded-For is believed: addresses, networks, or names of sets of networks. */
  readonly trustedProxies: readonly string[];
  readonly patience?: Partial<ClientPatience> | undefined;
  /** Answers what the framework refuses before any hook runs. */
  answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply;
}

/** A server with a limit on the size and the time of everything that a client sends. */
export function newServer({ logger, trustedProxies, patience, answerError }: ServerOptions): App {
  const { headersMs, requestMs, idleMs, checkMs } = { ...PATIENCE, ...patience };
  const app = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    http: { maxHeaderSize: HEADERS_LIMIT_BYTES, headersTimeout: headersMs, connectionsCheckingInterval: checkMs },
    // A request that arrives on an open connection while the service stops is answered, not turned away.
    return503OnClosing: false,
    clientErrorHandler: answerClientFault,
    routerOptions: { maxParamLength: PATH_PARAMETER_LENGTH_MAX },
    frameworkErrors: (error, request, reply) => {
      reply.headers({ ...securityHeaders, 'x-request-id': request.id });
      answerError(error, request as unknown as FastifyRequest, reply as unknown as FastifyReply);
    },
  }).withTypeProvider<KitTypeProvider>();
  return app;
}
