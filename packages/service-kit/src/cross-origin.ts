import cors from '@fastify/cors';
import type { Refusal } from '@tenor/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from './errors.ts';

const PREFLIGHT_SECONDS = 600;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const REQUEST_HEADERS = [
  'Accept',
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Prefer',
  'Traceparent',
  'X-Request-Id',
];
const ANSWER_HEADERS = [
  'Allow',
  'Content-Disposition',
  'ETag',
  'Idempotency-Replayed',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];

function isPreflight({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/**
 * Lets pages of the origins read what is answered, refusals too, and answers their preflights, which carry no token.
 * Tokens travel in a header of the caller's, never in a cookie, so that credentials are not let in. Without origins
 * nothing is registered, and a browser keeps every answer from the pages of others.
 */
export async function allowOrigins(
  app: FastifyInstance,
  origins: readonly string[],
  unknownRoute: (request: FastifyRequest) => Refusal | undefined,
): Promise<void> {
  if (origins.length === 0) return;
  app.addHook('onRequest', async (request) => {
    if (request.method !== 'OPTIONS' || isPreflight(request)) return;
    const unknown = unknownRoute(request);
    if (unknown !== undefined) throw new ProblemError(unknown);
  });
  await app.register(cors, {
    origin: [...origins],
    methods: METHODS,
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: ANSWER_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
  });
}
