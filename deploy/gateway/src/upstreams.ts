import type { ServiceName } from './route-table.ts';
import { SERVICE_NAMES } from './route-table.ts';

/** Base URLs of the services, without a trailing slash. */
export type Upstreams = Readonly<Record<ServiceName, string>>;

/** What the gateway needs to know of an OpenAPI document to merge two of them. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly tags?: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [member: string]: unknown;
}

const UPSTREAM_TIMEOUT_MS = 2_000;

/** `ok` or `degraded` as the service says of itself, `down` when it does not answer in time or answers 503. */
export async function readinessOf(upstreams: Upstreams): Promise<Record<ServiceName, string>> {
  const ask = async (service: ServiceName): Promise<[ServiceName, string]> => {
    try {
      const answer = await fetch(`${upstreams[service]}/readyz`, { signal: AbortSignal.timeout(UPSTREAM_TIMEOUT_MS) });
      if (!answer.ok) return [service, 'down'];
      const body = (await answer.json()) as { status?: string };
      return [service, body.status ?? 'ok'];
    } catch {
      return [service, 'down'];
    }
  };
  const states = await Promise.all(SERVICE_NAMES.map(ask));
  return Object.fromEntries(states) as Record<ServiceName, string>;
}

/** Reads both services' documents and merges those paths that the gateway routes. Rejects when a service is down. */
export async function fetchMergedOpenApi(
  upstreams: Upstreams,
  ownerOf: (path: string) => ServiceName | undefined,
): Promise<OpenApiDocument> {
  const documents = await Promise.all(
    SERVICE_NAMES.map(async (service) => {
      const answer = await fetch(`${upstreams[service]}/openapi.json`, {
        signal: AbortSignal.timeout(UPSTREAM_TIMEOUT_MS),
      });
      if (!answer.ok) throw new Error(`${service} answers ${answer.status} for its OpenAPI document`);
      return { service, document: (await answer.json()) as OpenApiDocument };
    }),
  );
  return mergeOpenApi(documents, ownerOf);
}

/** One document with each service's own routed paths; components of the same name are the same contract. */
export function mergeOpenApi(
  documents: readonly { readonly service: ServiceName; readonly document: OpenApiDocument }[],
  ownerOf: (path: string) => ServiceName | undefined,
): OpenApiDocument {
  const first = documents[0]?.document;
  if (first === undefined) throw new Error('there is no document to merge');
  const paths: Record<string, unknown> = {};
  const components: Record<string, Record<string, unknown>> = {};
  const tags = new Map<string, { readonly name: string }>();
  for (const { service, document } of documents) {
    for (const [path, item] of Object.entries(document.paths)) {
      if (ownerOf(path) === service) paths[path] = item;
    }
    for (const [kind, entries] of Object.entries(document.components ?? {})) {
      components[kind] = { ...components[kind], ...entries };
    }
    for (const tag of document.tags ?? []) tags.set(tag.name, tag);
  }
  const info = { ...first.info, title: 'Tenor', description: 'Billing and payment behind one origin.' };
  return { openapi: first.openapi, info, tags: [...tags.values()], paths, components };
}
