import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { endToEndHeaders } from './end-to-end-headers.ts';
import { type BodyRead, declaredLength, readBody } from './message-body.ts';
import { replyProblem } from './problem-replies.ts';
import type { ServiceName } from './route-table.ts';
import type { Upstreams } from './upstreams.ts';

/** The services' own limit: what they would refuse is refused here, so that no body is cut off half-way to them. */
export const BODY_LIMIT_BYTES = 256 * 1024;
/** Files, which the services take as they come and measure themselves; here none is held. */
const UPLOADS: ReadonlySet<string> = new Set([
  '/v1/imports',
  '/v1/customers/bulk',
  '/v1/payments/bulk',
  '/mo/api/customers/bulk',
  '/mo/api/customers/bulk/',
]);
/** An answer up to this size is read whole before it is passed on, so that one cut off becomes a 503 and not half an answer. */
const WHOLE_ANSWER_MAX_BYTES = 1024 * 1024;
const CONNECTIONS_PER_SERVICE = 128;

export interface Forwarder {
  /** Passes the request to the service, and the service's answer to the client. */
  readonly forward: (service: ServiceName, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
  /** Closes the connections to the services. */
  readonly close: () => void;
}

interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

/** Both directions as the bytes came: neither path, query, headers nor body are parsed and written anew. */
export function createForwarder(upstreams: Upstreams, timeoutMs: number): Forwarder {
  // The time-out also ends idle connections, well before the services do (72 s), so that none is used as it closes.
  const options = { keepAlive: true, maxSockets: CONNECTIONS_PER_SERVICE, timeout: timeoutMs };
  const agents = { http: new http.Agent(options), https: new https.Agent(options) };
  return {
    async forward(service, request, reply) {
      const body = isUpload(request) ? streamed : await readBody(request.raw, BODY_LIMIT_BYTES);
      if (body.kind === 'cut_off') return reply.hijack();
      if (body.kind === 'too_large') {
        const detail = `The body has more than the ${BODY_LIMIT_BYTES} bytes that are taken here.`;
        return replyProblem(reply, { refused: 'body_too_large', detail });
      }
      const outgoing = openRequest(new URL(upstreams[service]), agents, request, lengthOf(request, body));
      const abandon = (): void => {
        if (!reply.raw.writableFinished) outgoing.destroy();
      };
      reply.raw.once('close', abandon);
      try {
        return await passAnswer(await answerTo(outgoing, request, body), request, reply);
      } catch (error) {
        if (reply.raw.destroyed) return reply.hijack();
        for (const name of reply.raw.getHeaderNames()) reply.raw.removeHeader(name);
        request.log.warn({ upstream: service, error: String(error) }, 'the service did not answer');
        const detail = `The ${service} service does not answer.`;
        return replyProblem(reply, { refused: 'service_unavailable', detail });
      }
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** A body that is passed on as it comes. */
const streamed = { kind: 'streamed' } as const;
type PassedBody = Extract<BodyRead, { kind: 'complete' }> | typeof streamed;

function isUpload({ method, url }: FastifyRequest): boolean {
  return method === 'POST' && UPLOADS.has(url.split('?', 1)[0] ?? '');
}

/** What the gateway says itself. */
const REPLACED = [
  'host',
  'expect',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'content-length',
];

/** A request to the service with the client's method, target and headers; throws when a character cannot be sent. */
function openRequest(
  base: URL,
  agents: Agents,
  request: FastifyRequest,
  length: readonly string[],
): http.ClientRequest {
  const { method = 'GET', url = '', rawHeaders } = request.raw;
  const kept = endToEndHeaders(rawHeaders, REPLACED);
  const isTls = base.protocol === 'https:';
  return (isTls ? https : http).request(base, {
    agent: isTls ? agents.https : agents.http,
    method,
    path: `${base.pathname.replace(/\/$/, '')}${url}`,
    // What a client says of where it came from, and of where it went to, is passed on only when a trusted proxy says it.
    headers: [
      ...['host', base.host, ...kept.flat(), 'x-request-id', request.id],
      ...['x-forwarded-for', request.ip, 'x-forwarded-proto', request.protocol],
      ...(request.host === '' ? [] : ['x-forwarded-host', request.host]),
      ...length,
    ],
  });
}

/** A GET and a HEAD say nothing of a body that they do not have; without a length Node sends the others in chunks. */
function lengthOf({ method, raw }: FastifyRequest, body: PassedBody): readonly string[] {
  const length = body.kind === 'streamed' ? declaredLength(raw) : body.bytes.length;
  if (length === undefined) return [];
  return length === 0 && (method === 'GET' || method === 'HEAD') ? [] : ['content-length', String(length)];
}

/** The service's answer once its head has come. Rejects when the connection fails or stays silent for too long. */
function answerTo(outgoing: http.ClientRequest, { raw }: FastifyRequest, body: PassedBody): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    outgoing.once('response', (message) => {
      answer = message;
      resolve(message);
    });
    outgoing.on('error', reject);
    outgoing.once('close', () => reject(new Error('the connection was closed')));
    outgoing.once('timeout', () => {
      const silence = new Error('no byte came within the time-out');
      answer?.destroy(silence);
      outgoing.destroy(silence);
    });
    if (body.kind === 'complete') outgoing.end(body.bytes);
    // A client that breaks off breaks the service's request off too; an answer that comes first ends the reading.
    else pipeline(raw, outgoing).catch(reject);
  });
}

/** Passes an answer on. Rejects, with nothing sent yet, when a short one breaks off; a long one is cut off as it was. */
async function passAnswer(
  answer: IncomingMessage,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const length = declaredLength(answer);
  const isBodiless = request.raw.method === 'HEAD' || answer.statusCode === 204 || answer.statusCode === 304;
  if (isBodiless || (length !== undefined && length <= WHOLE_ANSWER_MAX_BYTES)) {
    const body = await readBody(answer, WHOLE_ANSWER_MAX_BYTES);
    if (body.kind !== 'complete') throw new Error('the answer broke off');
    writeHead(answer, reply.raw, request.id);
    reply.hijack();
    reply.raw.end(body.bytes);
    return reply;
  }
  writeHead(answer, reply.raw, request.id);
  reply.hijack();
  await pipeline(answer, reply.raw).catch((error: unknown) =>
    request.log.warn({ error: String(error) }, 'an answer broke off on its way to the client'),
  );
  return reply;
}

/** The answer's status and headers, to be sent with its first byte; throws when they cannot be. */
function writeHead(answer: IncomingMessage, response: ServerResponse, requestId: string): void {
  for (const [name, value] of endToEndHeaders(answer.rawHeaders)) response.appendHeader(name, value);
  if (!response.hasHeader('x-request-id')) response.setHeader('x-request-id', requestId);
  response.writeHead(answer.statusCode ?? 0, answer.statusMessage);
}
