import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newId } from './ids.ts';
import { continueTrace, formatTraceparent } from './trace-context.ts';

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

/** Gives the request its place in a trace, in its log lines too, and tells the client the request's id. */
export async function openRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const trace = continueTrace(headerOf(request.raw, 'traceparent'));
  request.traceparent = formatTraceparent(trace);
  request.log = request.log.child({ trace_id: trace.traceId });
  reply.log = request.log;
  reply.header('x-request-id', request.id);
}
