import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { ProblemCode } from '@tenor/contracts';
import { PROBLEM_CONTENT_TYPE, ProblemSchema, problems, statusOfProblem } from '@tenor/contracts';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { DOCS_PREFIX } from './route-rules.ts';

export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

type Json = Record<string, unknown>;

const idempotencyKey = (isRequired: boolean): Json => ({
  name: 'Idempotency-Key',
  in: 'header',
  required: isRequired,
  description: 'New for each intention and the same for its retries; kept for 48 hours.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
});

/** Whether the route changes something, so that an Idempotency-Key has a meaning on it. */
function isCommand({ method, config }: RouteOptions): boolean {
  const changes = [method].flat().some((each) => each === 'POST' || each === 'PATCH' || each === 'PUT');
  return changes && config?.permission !== 'public' && config?.permission?.endsWith(':write') === true;
}

/** The refusals that the kit itself answers on a route, told by what the route declares. */
function kitRefusals(route: RouteOptions): ProblemCode[] {
  const { config, schema } = route;
  const codes: ProblemCode[] = ['internal_error', 'database_unavailable'];
  const hasInput = [schema?.body, schema?.querystring, schema?.params].some((part) => part !== undefined);
  if (hasInput) codes.push('validation_failed');
  if (schema?.body !== undefined) codes.push('malformed_json', 'unsupported_media_type', 'body_too_large');
  if (config?.permission !== 'public') codes.push('unauthenticated', 'forbidden');
  if (schema?.params !== undefined) codes.push('not_found', 'uri_too_long');
  if (isCommand(route)) codes.push('idempotency_in_flight', 'idempotency_mismatch');
  if (config?.idempotency === 'required') codes.push('idempotency_key_required');
  return codes;
}

/** One documented answer per status, naming the codes that it may carry. */
function problemResponses(route: RouteOptions): Json {
  const codes = [...new Set([...kitRefusals(route), ...(route.config?.refusals ?? [])])];
  const byStatus = Map.groupBy(codes, statusOfProblem);
  return Object.fromEntries(
    [...byStatus].map(([status, its]) => [
      status,
      {
        description: its.map((code) => `\`${code}\`: ${problems[code].title}`).join('  \n'),
        content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

/** The route's own schema, with what an OpenAPI extension may carry through to `finish`. */
function describeRoute({ schema, url, route }: { schema: FastifySchema; url: string; route: RouteOptions }) {
  const permission = route.config?.permission;
  const isPublic = permission === undefined || permission === 'public';
  return {
    url,
    schema: {
      ...schema,
      ...(isPublic ? { security: [] } : { security: [{ bearer: [] }] }),
      'x-permission': permission,
      'x-problems': problemResponses(route),
      ...(isCommand(route) ? { 'x-idempotency': idempotencyKey(route.config?.idempotency === 'required') } : {}),
    } as FastifySchema,
  };
}

/** Moves what `describeRoute` sent along to its place, where the plugin does not put it by itself. */
function finish<Document>(document: Document): Document {
  const paths = (document as { paths?: Record<string, Record<string, Json>> }).paths ?? {};
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    const { 'x-problems': answers, 'x-idempotency': header } = operation;
    operation['responses'] = { ...(answers as Json | undefined), ...(operation['responses'] as Json | undefined) };
    if (header !== undefined)
      operation['parameters'] = [...((operation['parameters'] as Json[] | undefined) ?? []), header];
    delete operation['x-problems'];
    delete operation['x-idempotency'];
  }
  return document;
}

/** Collects every route registered from here on into /openapi.json and shows them under /docs. */
export async function registerOpenApi(
  app: FastifyInstance,
  { title, version, description }: OpenApiInfo,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version, ...(description === undefined ? {} : { description }) },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
        schemas: { Problem: structuredClone(ProblemSchema) as object },
      },
    },
    transform: (route) => describeRoute(route as unknown as Parameters<typeof describeRoute>[0]),
    transformObject: (documents) => ('openapiObject' in documents ? finish(documents.openapiObject) : {}),
  });
  await app.register(swaggerUi, {
    routePrefix: DOCS_PREFIX,
    uiConfig: { docExpansion: 'list', tryItOutEnabled: true },
  });
}
