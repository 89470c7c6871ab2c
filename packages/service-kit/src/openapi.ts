import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { ProblemCode } from '@tenor/contracts';
import { PROBLEM_CONTENT_TYPE, ProblemSchema, problems, statusOfProblem } from '@tenor/contracts';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { IDEMPOTENCY_KEY_PATTERN } from './command-context.ts';
import { isTokenless, type RoutePermission } from './permissions.ts';
import { quietRoutes } from './request-context.ts';
import { DOCS_PREFIX } from './route-rules.ts';
import { DOCS_CONTENT_SECURITY_POLICY } from './security-headers.ts';

export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
}

type Json = Record<string, unknown>;

const idempotencyKey = (isRequired: boolean): Json => ({
  name: 'Idempotency-Key',
  in: 'header',
  required: isRequired,
  description: 'New for each intention and the same for its retries; kept for 48 hours.',
  schema: { type: 'string', pattern: IDEMPOTENCY_KEY_PATTERN },
});

const methodsOf = ({ method }: RouteOptions): readonly string[] => [method].flat();

/** Whether the route changes something, so that an Idempotency-Key has a meaning on it. */
function isCommand(route: RouteOptions): boolean {
  const permission = route.config?.permission ?? 'public';
  const changes = methodsOf(route).some((method) => ['POST', 'PATCH', 'PUT'].includes(method));
  return changes && !isTokenless(permission) && !permission.endsWith(':read');
}

/** The refusals that the kit itself answers on a route, told by what the route declares. */
function kitRefusals(route: RouteOptions): ProblemCode[] {
  const { config, schema } = route;
  const codes: ProblemCode[] = ['internal_error', 'database_unavailable', 'validation_failed', 'malformed_request'];
  if (!quietRoutes.has(route.url)) codes.push('rate_limited');
  // Where a body may come it is read, asked for or not.
  if (methodsOf(route).some((method) => ['POST', 'PATCH', 'PUT', 'DELETE'].includes(method))) {
    codes.push('malformed_json', 'unsupported_media_type', 'body_too_large');
  }
  if (!isTokenless(config?.permission)) codes.push('unauthenticated', 'forbidden', 'service_unavailable');
  if (config?.permission === 'basic') codes.push('unauthenticated');
  if (config?.permission === 'signed') codes.push('signature_invalid', 'signature_expired');
  if (schema?.params !== undefined) codes.push('not_found', 'uri_too_long');
  if (config?.own !== undefined && config.own !== 'nobody') codes.push('not_found');
  if (isCommand(route)) codes.push('idempotency_in_flight', 'idempotency_mismatch');
  if (config?.idempotency === 'required') codes.push('idempotency_key_required');
  return codes;
}

/** The header that goes with every answer of a status, by RFC 9110. */
const headerOfStatus: Readonly<Record<number, string>> = {
  401: 'WWW-Authenticate',
  429: 'Retry-After',
  503: 'Retry-After',
};

function problemResponse(status: number, codes: readonly ProblemCode[]): Json {
  const header = headerOfStatus[status];
  const schema = {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }],
  };
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join('  \n'),
    ...(header === undefined ? {} : { headers: { [header]: { required: true, schema: { type: 'string' } } } }),
    content: { [PROBLEM_CONTENT_TYPE]: { schema } },
  };
}

/** One documented answer per status, with the codes that it may carry. */
function problemResponses(route: RouteOptions): Json {
  const codes = [...new Set([...kitRefusals(route), ...(route.config?.refusals ?? [])])];
  const byStatus = Map.groupBy(codes, statusOfProblem);
  return Object.fromEntries([...byStatus].map(([status, its]) => [status, problemResponse(status, its)]));
}

/** A name for generated clients: `getLoansByIdSchedule`. Unique, since method and path are. */
function operationIdOf(route: RouteOptions, url: string): string {
  const words = url.split(/[/.-]/).filter((word) => word !== '' && !/^v\d+$/.test(word));
  const named = words.map((word) => (word.startsWith(':') ? `by_${word.slice(1)}` : word)).flatMap((w) => w.split('_'));
  const method = methodsOf(route)[0]?.toLowerCase() ?? '';
  return method + named.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function securityOf(permission: RoutePermission | undefined) {
  if (permission === 'basic') return [{ basic: [] }];
  return permission === undefined || isTokenless(permission) ? [] : [{ bearer: [] }];
}

/** The route's own schema, with what an OpenAPI extension may carry through to `finish`. */
function describeRoute({ schema, url, route }: { schema: FastifySchema; url: string; route: RouteOptions }) {
  const permission = route.config?.permission;
  return {
    url,
    schema: {
      operationId: operationIdOf(route, url),
      ...schema,
      security: securityOf(permission),
      'x-permission': permission,
      'x-problems': problemResponses(route),
      'x-optional-body': route.config?.optionalBody === true,
      ...(isCommand(route) ? { 'x-idempotency': idempotencyKey(route.config?.idempotency === 'required') } : {}),
    } as FastifySchema,
  };
}

interface Operation {
  responses?: Json;
  parameters?: { required?: boolean; schema?: Json }[];
  requestBody?: Json;
  'x-problems'?: Json;
  'x-optional-body'?: boolean;
  'x-idempotency'?: Json;
}

/** Moves what `describeRoute` sent along to its place, where the plugin does not put it by itself. */
function finishOperation(operation: Operation): void {
  const { 'x-problems': answers, 'x-idempotency': header, 'x-optional-body': lacksBody } = operation;
  operation.responses = { ...answers, ...operation.responses };
  if (lacksBody && operation.requestBody !== undefined) operation.requestBody['required'] = false;
  // The validator asks for a parameter only after it has put in the default; a client need not send it.
  for (const parameter of operation.parameters ?? []) {
    if (parameter.schema?.['default'] !== undefined) parameter.required = false;
  }
  if (header !== undefined) operation.parameters = [...(operation.parameters ?? []), header];
  delete operation['x-problems'];
  delete operation['x-optional-body'];
  delete operation['x-idempotency'];
}

function finish<Document>(document: Document): Document {
  const paths = (document as { paths?: Record<string, Record<string, Operation>> }).paths ?? {};
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) finishOperation(operation);
  return document;
}

/** What may be answered before there is a route to document it with. */
export const BEFORE_ANY_ROUTE = [
  'not_found',
  'method_not_allowed',
  'malformed_request',
  'request_timeout',
  'uri_too_long',
  'query_too_long',
  'headers_too_large',
] as const satisfies readonly ProblemCode[];
const DESCRIPTION = `Beside what each operation lists, any request may be answered by a problem before it reaches one: ${BEFORE_ANY_ROUTE.map(
  (code) => `${statusOfProblem(code)} \`${code}\``,
).join(', ')}.`;

/** Collects every route registered from here on into /openapi.json and shows them under /docs. */
export async function registerOpenApi(app: FastifyInstance, { title, version }: OpenApiInfo): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version, description: DESCRIPTION },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          basic: { type: 'http', scheme: 'basic' },
        },
        schemas: { Problem: structuredClone(ProblemSchema) as object },
      },
    },
    transform: (route) => describeRoute(route as unknown as Parameters<typeof describeRoute>[0]),
    transformObject: (documents) => ('openapiObject' in documents ? finish(documents.openapiObject) : {}),
  });
  await app.register(swaggerUi, {
    routePrefix: DOCS_PREFIX,
    uiConfig: { docExpansion: 'list', tryItOutEnabled: true },
    staticCSP: DOCS_CONTENT_SECURITY_POLICY,
  });
}
