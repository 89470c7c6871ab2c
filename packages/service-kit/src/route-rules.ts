import type { ProblemCode, Refusal } from '@tenor/contracts';
import type { RouteOptions } from 'fastify';
import type { Caller } from './caller.ts';
import type { Own } from './object-access.ts';
import { allows, isRoutePermission, isTokenless, type RoutePermission } from './permissions.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route; `public`, `signed` and `basic` ask for no token. A route without it does not start. */
    permission: RoutePermission;
    /** Where customers hold the permission, and only there: whose the thing is that a request names. */
    own?: Own;
    /** With `signed`, and only there: who signed the body, told by its bytes before anything parses them. */
    signature?: (request: FastifyRequest, body: Buffer) => Caller | Refusal;
    /** With `basic`, and only there: who sent the Authorization header. */
    basic?: (authorization: string | undefined) => Caller | Refusal;
    /** Who a request without a token acts as; only for APIs that have no login. */
    account?: Caller | undefined;
    /** The refusals that the route's command knows, for the documentation. */
    refusals?: readonly ProblemCode[];
    /** Money moves: a request without an Idempotency-Key is refused. */
    idempotency?: 'required';
    /** A request may come without a body, which then counts as an empty object. */
    optionalBody?: boolean;
    /** Unknown fields of the body are ignored. For profile routes, and for what other systems send in their own form. */
    tolerant?: boolean;
  }
}

type Schema = Record<string, unknown>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The documentation's own pages are registered by a plugin and declare nothing. */
export const DOCS_PREFIX = '/docs';
const isDocumentation = (url: string): boolean => url === DOCS_PREFIX || url.startsWith(`${DOCS_PREFIX}/`);

const childSchemas = ['properties', 'patternProperties'] as const;
const schemaLists = ['anyOf', 'oneOf', 'prefixItems'] as const;

/**
 * The schema with `additionalProperties: false` on every object that lists its properties and does
 * not say otherwise, so that an unknown field is refused at any depth.
 */
export function closed(schema: unknown): unknown {
  if (!isSchema(schema)) return schema;
  const copy: Schema = { ...schema };
  for (const key of childSchemas) {
    const children = copy[key];
    if (isSchema(children)) {
      copy[key] = Object.fromEntries(Object.entries(children).map(([name, child]) => [name, closed(child)]));
    }
  }
  for (const key of schemaLists) {
    const list = copy[key];
    if (Array.isArray(list)) copy[key] = list.map(closed);
  }
  if (isSchema(copy['items'])) copy['items'] = closed(copy['items']);
  if (isSchema(copy['properties']) && copy['additionalProperties'] === undefined) copy['additionalProperties'] = false;
  return copy;
}

function isSuccess(status: string): boolean {
  return /^[23]/.test(status) || status === 'default';
}

const takesBody = new Set(['POST', 'PUT', 'PATCH']);

const isOpenToCustomers = (permission: RoutePermission): boolean =>
  !isTokenless(permission) && allows(['customer'], permission);

/** What keeps a route from starting, in words; undefined when it is in order. */
function whyRefused(route: RouteOptions): string | undefined {
  const permission = route.config?.permission;
  if (!isRoutePermission(permission)) {
    return `declares no known permission; write config: { permission: 'loans:read' } or 'public' (see permissions.ts)`;
  }
  if (isOpenToCustomers(permission) !== (route.config?.own !== undefined)) {
    return `must say own: { loan: 'params.id' } or the like where customers hold its permission, and only there`;
  }
  if ((permission === 'signed') !== (route.config?.signature !== undefined)) {
    return `must give permission: 'signed' and signature together`;
  }
  if ((permission === 'basic') !== (route.config?.basic !== undefined)) {
    return `must give permission: 'basic' and basic together`;
  }
  if (permission === 'signed' && route.schema?.body === undefined) {
    return 'is signed but takes no body; write schema: { body: … }';
  }
  if (!Object.keys(route.schema?.response ?? {}).some(isSuccess)) {
    return 'declares no response schema; write schema: { response: { 200: … } }';
  }
  return undefined;
}

/** Checked as each route is registered: throws where the route is written, before anything listens. */
export function applyRouteRules(route: RouteOptions): void {
  if (isDocumentation(route.url)) {
    route.config = { ...route.config, permission: 'public' };
    return;
  }
  const reason = whyRefused(route);
  if (reason !== undefined) throw new Error(`Route ${String(route.method)} ${route.url} ${reason}`);
  const methods = Array.isArray(route.method) ? route.method : [route.method];
  if (route.schema?.body !== undefined && methods.some((method) => takesBody.has(method)) && !route.config?.tolerant) {
    route.schema = { ...route.schema, body: closed(route.schema.body) };
  }
}

export interface RouteTable {
  add(route: RouteOptions): void;
  /** What a path takes, for `Allow`. A path that a route names to the letter takes what is registered there, and nothing of a pattern that also fits. */
  methodsOf(path: string): string[];
  /** Whether a path is named to the letter by routes of other methods only, so that a pattern's route is not meant. */
  isTakenOtherwise(path: string, method: string): boolean;
}

/** Told by the patterns of the routes registered so far. */
export function createRouteTable(): RouteTable {
  const patterns = new Map<string, { form: RegExp; methods: Set<string> }>();
  return {
    add(route) {
      const entry = patterns.get(route.url) ?? { form: formOf(route.url), methods: new Set<string>() };
      for (const method of [route.method].flat()) entry.methods.add(method);
      // Of a plugin's root with a slash at its end Fastify tells only the HEAD, which it makes of a GET.
      if (entry.methods.has('HEAD')) entry.methods.add('GET');
      patterns.set(route.url, entry);
    },
    methodsOf(path) {
      const named = patterns.get(path);
      const matching = named === undefined ? [...patterns.values()].filter(({ form }) => form.test(path)) : [named];
      return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
    },
    isTakenOtherwise(path, method) {
      const named = patterns.get(path);
      return named !== undefined && !named.methods.has(method);
    },
  };
}

function formOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
