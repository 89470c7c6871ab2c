import type { FieldError, Refusal } from '@tenor/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Authenticator, createAuthenticator } from './auth.ts';
import { unsigned } from './body-signature.ts';
import { anonymous } from './caller.ts';
import { ignoreUnknownExpectations } from './client-faults.ts';
import type { Clock } from './clock.ts';
import { idempotencyKeyOf } from './command-context.ts';
import type { BaseConfig } from './config.ts';
import { allowOrigins } from './cross-origin.ts';
import { isRefusal, ProblemError, refusalOf, validationFailed } from './errors.ts';
import { type App, type ClientPatience, newServer } from './http-server.ts';
import { type KeySource, keySourceOf } from './key-sources.ts';
import type { Logger } from './logging.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { checkOwn, type Owners, refuseForeign } from './object-access.ts';
import { type OpenApiInfo, registerOpenApi } from './openapi.ts';
import { allows, isTokenless } from './permissions.ts';
import { type Check, registerProbes } from './probes.ts';
import { createProblemForms, type ProblemForms } from './problem-forms.ts';
import { countAttempts, type RateLimits } from './rate-limits.ts';
import { endRequest, openRequest, quietRoutes } from './request-context.ts';
import { applyRouteRules, createRouteTable } from './route-rules.ts';
import { securityHeaders } from './security-headers.ts';
import { textFaults } from './text-faults.ts';
import type { Tracer } from './tracer.ts';
import { urlFault } from './url-limits.ts';
import { validatorCompiler } from './validation.ts';

export type { App, KitTypeProvider } from './http-server.ts';

export type AppConfig = Pick<BaseConfig, 'AUTH_REQUIRED' | 'AUTH_ISSUER' | 'AUTH_AUDIENCE'> &
  Partial<
    Pick<
      BaseConfig,
      'AUTH_ROLES_CLAIM' | 'AUTH_JWKS_FILE' | 'AUTH_JWKS_URL' | 'AUTH_OIDC' | 'TRUSTED_PROXIES' | 'CORS_ORIGINS'
    >
  >;

export interface AppOptions {
  /** The service's name, as in its metrics and logs: `billing`. */
  readonly name: string;
  readonly config: AppConfig;
  /** The keys of the issuer that the service itself is; else the configuration says where they come from. */
  readonly keys?: KeySource | undefined;
  readonly logger: Logger;
  readonly openapi: OpenApiInfo;
  readonly metrics?: Metrics;
  readonly tracer?: Tracer | undefined;
  readonly clock?: Clock;
  readonly readiness?: readonly Check[];
  /** How to tell whose the things are that routes name with `own`. */
  readonly owners?: Owners;
  /** Without them nobody is refused for asking too often. */
  readonly rateLimits?: RateLimits | undefined;
  readonly patience?: Partial<ClientPatience>;
  /** Served as /asyncapi.json when given. */
  readonly asyncapi?: object;
}

declare module 'fastify' {
  interface FastifyInstance {
    problemForms: ProblemForms;
  }
  interface FastifyReply {
    /** The code of the problem that was answered, for the log line of the request. */
    problem: string | null;
  }
}

/** Answers a refusal as problem+json; for where a handler cannot simply return it. */
export function refusalReply(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply.send(asProblem(reply.request, reply, refusal));
}

/** Sets status, headers and serializer of a problem; returns its body, for the caller to send. */
function asProblem(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): unknown {
  const { status, headers, contentType, body } = request.server.problemForms.answerTo(refusal, request);
  reply.problem = refusal.refused;
  reply.code(status).headers(headers).type(contentType).serializer(JSON.stringify);
  return body;
}

/** The one place where a thrown error becomes an answer: only a bug is logged as an error, with its stack. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error);
  if (refusal.refused === 'internal_error') request.log.error({ err: error }, 'request failed unexpectedly');
  else if (refusal.refused === 'database_unavailable') request.log.warn({ err: error }, 'database unavailable');
  return refusalReply(reply, refusal);
}

/** What is at the path, then who calls and whether they may: before a byte of the body is read. */
function guard(
  authenticator: Authenticator,
  unknownRoute: (request: FastifyRequest) => Refusal | undefined,
): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const unknown = unknownRoute(request);
    if (unknown !== undefined) throw new ProblemError(unknown);
    const { permission, basic, account } = request.routeOptions.config;
    if (basic !== undefined) {
      const peer = basic(request.headers.authorization);
      if (isRefusal(peer)) throw new ProblemError(peer);
      request.caller = peer;
    }
    if (isTokenless(permission)) return;
    const { authorization } = request.headers;
    const caller = (authorization === undefined && account) || (await authenticator.authenticate(authorization));
    if (isRefusal(caller)) throw new ProblemError(caller);
    request.caller = caller;
    if (allows(caller.roles, permission)) return;
    throw new ProblemError({ refused: 'forbidden', detail: `This needs the permission ${permission}.` });
  };
}

/** Counts a request by the caller that `check` found, and before it is told why it was refused. */
function counted(check: (request: FastifyRequest) => Promise<void>, rateLimits: RateLimits | undefined) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const checked = check(request);
    if (rateLimits !== undefined) {
      await checked.catch(() => undefined);
      rateLimits.countRequest(request, reply);
    }
    return checked;
  };
}

function refuseLongUrls(request: FastifyRequest): void {
  const fault = urlFault(request.url);
  if (fault !== undefined) throw new ProblemError(fault);
}

/** A signed route is closed to a request whose body never came to be checked. */
async function refuseUnsigned(request: FastifyRequest): Promise<void> {
  if (request.routeOptions.config.permission !== 'signed' || request.caller !== anonymous) return;
  throw new ProblemError(unsigned('signature_invalid', 'There is no signed body.'));
}

function refuseFaults(faults: readonly FieldError[]): void {
  if (faults.length > 0) throw new ProblemError(validationFailed(faults));
}

const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id in a path means the same in either case; from here on it is written as the database writes it. */
async function lowerCaseIds({ params }: FastifyRequest): Promise<void> {
  const named = params as Record<string, string>;
  for (const [name, value] of Object.entries(named)) if (idForm.test(value)) named[name] = value.toLowerCase();
}

async function refuseUnusable(request: FastifyRequest): Promise<void> {
  const { body, headers, routeOptions } = request;
  refuseFaults(textFaults(body));
  if (routeOptions.config.idempotency === 'required' && !headers['idempotency-key']) {
    throw new ProblemError({ refused: 'idempotency_key_required', detail: 'Send an Idempotency-Key header.' });
  }
  if (request.method !== 'GET') idempotencyKeyOf(request);
}

/** JSON bodies only: UTF-8 without fault, nothing that would touch a prototype, and empty allowed where no body is asked for. */
function acceptJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const refuse = (): void =>
      done(new ProblemError({ refused: 'malformed_json', detail: 'The body is not valid JSON.' }));
    const signer = request.routeOptions.config.signature?.(request, body);
    if (isRefusal(signer)) return done(new ProblemError(signer));
    if (signer !== undefined) request.caller = signer;
    if (body.length === 0) return mayLackBody(request) ? done(null, undefined) : refuse();
    try {
      return parse(request, utf8.decode(body), (error, value) => (error === null ? done(null, value) : refuse()));
    } catch {
      return refuse();
    }
  });
}

function mayLackBody({ routeOptions: { schema, config } }: FastifyRequest): boolean {
  return schema?.body === undefined || config.optionalBody === true;
}

/** Says of a request that no route takes whether nothing is at its path or only nothing for its method. */
function refuseUnknownRoutes(app: FastifyInstance): (request: FastifyRequest) => Refusal | undefined {
  const table = createRouteTable();
  app.addHook('onRoute', (route) => {
    if (route.url !== '*') table.add(route);
  });
  const refusalFor = (path: string): Refusal => {
    const methods = table.methodsOf(path).join(', ');
    if (methods === '') return { refused: 'not_found', detail: 'Nothing is at this path.' };
    const headers = { allow: methods };
    return { refused: 'method_not_allowed', detail: `This path takes ${methods}.`, meta: { headers } };
  };
  const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '';
  // Only a plugin that declines a path of its own comes here; the guard has refused the rest.
  app.setNotFoundHandler((request, reply) => refusalReply(reply, refusalFor(pathOf(request))));
  return (request) => {
    const path = pathOf(request);
    const isUnknown = request.is404 || request.routeOptions.url === '*' || table.isTakenOtherwise(path, request.method);
    return isUnknown ? refusalFor(path) : undefined;
  };
}

/** One line and one observation per answered request; never a body, a query or a header. */
function observe(metrics: Metrics): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const { method } = request;
    const status = reply.statusCode;
    metrics.httpDuration.observe({ method, route, status }, reply.elapsedTime / 1000);
    const line = {
      method,
      route,
      status,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      caller: request.caller.id,
    };
    const level = quietRoutes.has(route) ? 'debug' : 'info';
    request.log[level](reply.problem === null ? line : { ...line, problem: reply.problem }, 'request');
    endRequest(request, reply);
  };
}

/**
 * An HTTP server by the rules of the API: strict bodies, problem+json for whatever goes wrong, a
 * permission and response schemas on every route, probes, metrics and documentation. Await it, then
 * register routes, then listen. Rejects when the configuration cannot work, such as a missing key file.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { name, config, logger, clock, openapi, asyncapi, tracer, rateLimits, metrics = createMetrics(name) } = options;
  const { owners = {} } = options;
  const authenticator = createAuthenticator({
    required: config.AUTH_REQUIRED,
    issuer: config.AUTH_ISSUER,
    audience: config.AUTH_AUDIENCE,
    rolesClaim: config.AUTH_ROLES_CLAIM ?? 'roles',
    keys: options.keys ?? keySourceOf(config),
    ...(clock === undefined ? {} : { clock }),
  });
  await authenticator.load();

  const { patience } = options;
  const app = newServer({ logger, trustedProxies: config.TRUSTED_PROXIES ?? [], patience, answerError });
  const base = app as unknown as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler());
  app.decorateRequest('traceparent', '');
  app.decorateRequest('span', undefined);
  app.decorateRequest('caller');
  app.decorateReply('problem', null);
  app.decorate('problemForms', createProblemForms());
  app.decorateRequest('attempts', undefined);
  acceptJsonOnly(base);
  app.setErrorHandler((error, request, reply) => answerError(error, request as FastifyRequest, reply as FastifyReply));
  app.addHook('onRequest', async (request, reply) => {
    request.caller = anonymous;
    reply.headers(securityHeaders);
  });
  app.addHook('onRequest', openRequest(tracer));
  const unknownRoute = refuseUnknownRoutes(base);
  await allowOrigins(base, config.CORS_ORIGINS ?? [], unknownRoute);
  app.addHook('onRequest', async (request) => refuseLongUrls(request));
  app.addHook('onRequest', counted(guard(authenticator, unknownRoute), rateLimits));
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.config.optionalBody && request.body === undefined) request.body = {};
  });
  app.addHook('preValidation', lowerCaseIds);
  app.addHook('preValidation', refuseUnsigned);
  app.addHook('preValidation', refuseUnusable);
  // Only coercion shows a number beyond any range, and Ajv lets it pass every bound.
  app.addHook('preHandler', async ({ query, params }) =>
    refuseFaults([...textFaults(query, '/query'), ...textFaults(params, '/path')]),
  );
  app.addHook('preHandler', refuseForeign(owners));
  if (rateLimits !== undefined) countAttempts(app, rateLimits);
  app.addHook('preSerialization', async (request, reply, payload) => {
    return isRefusal(payload) ? asProblem(request, reply, payload) : payload;
  });
  app.addHook('onResponse', observe(metrics));
  app.addHook('onRequestAbort', async ({ span }) => span?.end({ error: 'request_aborted' }));
  app.addHook('onRoute', applyRouteRules);
  app.addHook('onRoute', checkOwn(owners));
  ignoreUnknownExpectations(app.server);
  await registerOpenApi(base, openapi);
  registerProbes(app, { readiness: options.readiness ?? [], metrics, asyncapi });
  return app;
}
