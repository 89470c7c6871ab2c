import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newId } from './ids.ts';
import { childTraceparent, traceFields } from './trace-context.ts';
import type { Tracer } from './tracer.ts';

const requestIdForm = /^[A-Za-z0-9._:-]{1,128}$/;

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** The client's x-request-id when it is short and plain enough to be logged and sent on, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = headerOf(request, 'x-request-id');
  return given !== undefined && requestIdForm.test(given) ? given : newId();
}

/** What is asked for all the time, and tells nothing. */
export const quietRoutes: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

/** Gives the request its place in a trace, in its log lines too, and tells the client the request's id. */
export function openRequest(tracer: Tracer | undefined) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const given = headerOf(request.raw, 'traceparent');
    request.span = tracer && startSpan(tracer, request, given);
    request.traceparent = request.span?.traceparent ?? childTraceparent(given);
    request.log = request.log.child(traceFields(request.traceparent));
    reply.log = request.log;
    reply.header('x-request-id', request.id);
  };
}

/** The span is known by the route's pattern: a path or a query may hold what is nobody else's business. */
function startSpan(tracer: Tracer, { method, routeOptions: { url } }: FastifyRequest, parent: string | undefined) {
  if (url !== undefined && quietRoutes.has(url)) return undefined;
  const attributes = { 'http.request.method': method, ...(url === undefined ? {} : { 'http.route': url }) };
  return tracer.start({ name: url === undefined ? method : `${method} ${url}`, kind: 'server', parent, attributes });
}

/** Ends the span of an answered request: a refusal is told by its code, but only a fault of ours is an error. */
export function endRequest({ span }: FastifyRequest, { statusCode, problem }: FastifyReply): void {
  const attributes = {
    'http.response.status_code': statusCode,
    ...(problem === null ? {} : { 'tenor.problem.code': problem }),
  };
  span?.end(statusCode < 500 ? { attributes } : { attributes, error: problem ?? String(statusCode) });
}
