import { createHash } from 'node:crypto';
import type { ProblemCode } from '@tenor/contracts';
import {
  type App,
  type Caller,
  type CommandContext,
  canonicalJson,
  commandContext,
  type ProblemForm,
  type RoutePermission,
} from '@tenor/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { TSchema } from 'typebox';
import { takeAnyBody, takeFiles } from './bodies.ts';

/** Another system's API, served under a prefix of its own as its clients know it. */
export interface Profile {
  /** As configured, and its prefix: `mo` is served under `/mo`. */
  readonly name: string;
  readonly errors: ProblemForm;
  /** Whether a request without a token acts as the profile's service account, since its clients have no login. */
  readonly isOpen?: boolean;
}

export interface ProfileRoute {
  readonly method: HTTPMethods;
  /** Below the prefix, without a slash at the end; each answers with one, too. */
  readonly paths: readonly string[];
  readonly permission: RoutePermission;
  readonly summary: string;
  /** For the documentation; what is sent is read by the handler, as tolerantly as the original did. */
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  readonly body?: TSchema;
  readonly responses: Readonly<Record<number, TSchema>>;
  readonly refusals?: readonly ProblemCode[];
  /** More of the route's configuration, such as whose the thing at its path is. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
}

/** What a profile's modules register their routes on. */
export interface Registered {
  route(route: ProfileRoute): void;
  /** As `route`, for one that may be sent a file instead of JSON: `sentFile` reads it. */
  upload(route: ProfileRoute): void;
  /** For what needs more of fastify, such as uploads. */
  readonly scope: App;
}

/** Serves a profile: its own words for refusals, any body, and every path with and without a slash at the end. */
export async function registerProfile(
  app: App,
  profile: Profile,
  routes: (registered: Registered) => void | Promise<void>,
): Promise<void> {
  const { name, errors, isOpen = false } = profile;
  const account: Caller | undefined = isOpen ? { id: `profile:${name}`, roles: ['service'] } : undefined;
  const prefix = `/${name}`;
  app.problemForms.add(prefix, errors);
  const server = app as unknown as FastifyInstance;
  const uploads: ProfileRoute[] = [];
  await server.register(
    async (plain) => {
      await takeAnyBody(plain);
      plain.setValidatorCompiler(() => () => true);
      const route = (each: ProfileRoute) => addRoute(plain, name, account, each);
      await routes({ route, upload: (each) => void uploads.push(each), scope: plain as unknown as App });
    },
    { prefix },
  );
  if (uploads.length === 0) return;
  await server.register(
    async (plain) => {
      await takeFiles(plain);
      plain.setValidatorCompiler(() => () => true);
      for (const each of uploads) addRoute(plain, name, account, each);
    },
    { prefix },
  );
}

function addRoute(scope: FastifyInstance, profile: string, account: Caller | undefined, route: ProfileRoute): void {
  const { paths, method, permission, refusals = [], handler } = route;
  const { summary, params, querystring, body, responses } = route;
  const schema = {
    summary,
    tags: [`profile ${profile}`],
    ...(params && { params }),
    ...(querystring && { querystring }),
    ...(body && { body }),
    response: responses,
  };
  const config = { ...route.config, permission, account, refusals: [...refusals], tolerant: true, optionalBody: true };
  const [documented] = paths;
  for (const path of paths.flatMap((each) => [each, `${each}/`])) {
    scope.route({
      method,
      url: path,
      // One spelling of each is enough to read about.
      schema: path === documented ? schema : { ...schema, hide: true },
      config,
      handler,
    });
  }
}

/**
 * The context of a command whose natural key stands where its caller sent no Idempotency-Key: the same thing asked for
 * again is the same request, whatever its path's spelling. `meant` is what a duplicate must say, too.
 */
export function profileContext(
  request: FastifyRequest,
  profile: string,
  natural?: readonly string[],
  meant: unknown = request.body,
): CommandContext {
  const context = commandContext(request);
  if (context.idempotency !== undefined || natural === undefined) return context;
  const scope = canonicalJson([request.caller.id, profile, ...natural]);
  const requestHash = createHash('sha256')
    .update(canonicalJson(meant ?? null), 'utf8')
    .digest('hex');
  return { ...context, idempotency: { scope, requestHash } };
}
