import { METHODS } from 'node:http';
import cors from '@fastify/cors';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { answerClientFault, ignoreUnknownExpectations } from './client-faults.ts';
import { createForwarder } from './forward.ts';
import { replyError, replyProblem } from './problem-replies.ts';
import { requestIdOf } from './request-id.ts';
import { ownerOf, type RouteTable, SERVICE_NAMES } from './route-table.ts';
import { DOCS_CONTENT_SECURITY_POLICY, securityHeaders } from './security-headers.ts';
import { fetchMergedOpenApi, type OpenApiDocument, readinessOf, type Upstreams } from './upstreams.ts';

export interface GatewayOptions {
  readonly upstreams: Upstreams;
  readonly table: RouteTable;
  readonly logLevel: string;
  /** How long a service may stay silent, in milliseconds. */
  readonly upstreamTimeoutMs?: number;
  /** Addresses and networks of proxies in front, whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  /** Origins whose pages may read what the gateway answers in its own name; the services decide of their answers. */
  readonly corsOrigins?: readonly string[];
  readonly patience?: Partial<ClientPatience>;
}

/** As in the services: how long a client may take for a request's head, for all of it, and between two; and how often that is looked at. */
export interface ClientPatience {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
  readonly checkMs: number;
}

/** Longer than the longest `Prefer: wait` and the services' own limits, so that they answer first. */
const UPSTREAM_TIMEOUT_MS = 30_000;
const PATIENCE: ClientPatience = { headersMs: 10_000, requestMs: 30_000, idleMs: 72_000, checkMs: 2_000 };
/** More than Node reads of a request's head, so that the services say which path parameter is too long. */
const PATH_PARAMETER_LENGTH_MAX = 64 * 1024;

/** One origin in front of both services. It adds to a request only where it came from, and never answers in a service's name. */
export async function createGateway(options: GatewayOptions): Promise<FastifyInstance> {
  const { upstreams, table, corsOrigins = [], upstreamTimeoutMs = UPSTREAM_TIMEOUT_MS } = options;
  const app = newServer(options);
  const forwarder = createForwarder(upstreams, upstreamTimeoutMs);
  if (corsOrigins.length > 0) await app.register(cors, { origin: [...corsOrigins], preflight: false });
  app.addHook('onClose', async () => forwarder.close());
  app.setErrorHandler(replyError);
  app.setNotFoundHandler((request, reply) => answerUnknownRoute(app, request, reply));
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'x-request-id': request.id });
    if (request.headers.host !== undefined || request.raw.httpVersion !== '1.1') return;
    return replyProblem(reply, { refused: 'malformed_request', detail: 'The request has no Host header.' });
  });
  for (const service of SERVICE_NAMES) {
    for (const pattern of table[service]) {
      app.all(pattern, (request, reply) => forwarder.forward(service, request, reply));
    }
  }

  app.get('/livez', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const services = await readinessOf(upstreams);
    const states = Object.values(services);
    const status = states.includes('down') ? 'down' : states.every((state) => state === 'ok') ? 'ok' : 'degraded';
    return reply.code(status === 'down' ? 503 : 200).send({ status, services });
  });
  await serveDocumentation(app, () => fetchMergedOpenApi(upstreams, (path) => ownerOf(table, path)));
  return app;
}

/** `/openapi.json` and `/docs`, both read from the services when asked for, so that they are never older than those. */
async function serveDocumentation(app: FastifyInstance, merged: () => Promise<OpenApiDocument>): Promise<void> {
  let latest: OpenApiDocument = { openapi: '3.1.0', info: { title: 'Tenor', version: '0' }, paths: {} };
  app.get('/openapi.json', async (_request, reply) => {
    try {
      return await merged();
    } catch (error) {
      app.log.warn({ error: String(error) }, 'the OpenAPI documents could not be merged');
      return replyProblem(reply, { refused: 'service_unavailable', detail: 'A service does not answer.' });
    }
  });
  await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Tenor', version: '0' } } });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_CONTENT_SECURITY_POLICY,
    transformSpecification: () => latest,
    uiHooks: {
      onRequest: async () => {
        latest = await merged().catch(() => latest);
      },
    },
  });
}

/** Every method that Node parses is routed, and no body is parsed: what a path takes is for the service to say. */
function newServer({ logLevel, trustedProxies = [], patience }: GatewayOptions): FastifyInstance {
  const { headersMs, requestMs, idleMs, checkMs } = { ...PATIENCE, ...patience };
  const app = Fastify({
    logger: { level: logLevel, base: { service: 'gateway' } },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    // Node's own refusal of a request without Host has no body; the hook refuses it with a problem.
    http: { requireHostHeader: false, headersTimeout: headersMs, connectionsCheckingInterval: checkMs },
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerClientFault,
    routerOptions: { maxParamLength: PATH_PARAMETER_LENGTH_MAX },
    frameworkErrors: (error, request, reply) => {
      reply.headers(securityHeaders);
      replyError(error, request as unknown as FastifyRequest, reply as unknown as FastifyReply);
    },
  });
  ignoreUnknownExpectations(app.server);
  for (const method of METHODS) {
    if (method !== 'CONNECT') app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  }
  return app;
}

function answerUnknownRoute(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const url = request.url.split('?', 1)[0] ?? '';
  if (!app.hasRoute({ method: 'GET', url })) {
    return replyProblem(reply, { refused: 'not_found', detail: 'No service answers this path.' });
  }
  reply.header('allow', 'GET');
  return replyProblem(reply, { refused: 'method_not_allowed', detail: 'This path takes GET.' });
}
