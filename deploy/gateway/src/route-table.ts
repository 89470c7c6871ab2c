import { readFileSync } from 'node:fs';

/** The services that the gateway routes to. */
export type ServiceName = 'billing' | 'payment';
export const SERVICE_NAMES: readonly ServiceName[] = ['billing', 'payment'];

/** Which service answers which path patterns (`:name` is one segment, a trailing `*` any number of them). */
export type RouteTable = Readonly<Record<ServiceName, readonly string[]>>;

/** Paths that stay inside: the gateway refuses to start with a table that would let them out. */
const NEVER_ROUTED = ['/metrics', '/internal', '/livez', '/readyz'];

/** The one table that the local stack's, docker-compose's and Kubernetes' gateway share: `deploy/gateway/routes.json`. */
export function readRouteTable(): RouteTable {
  const table = JSON.parse(readFileSync(new URL('../routes.json', import.meta.url), 'utf8')) as RouteTable;
  const fault = faultOf(table);
  if (fault !== undefined) throw new Error(`routes.json: ${fault}`);
  return table;
}

/** What is wrong with a table, in a sentence; `undefined` when nothing is. */
export function faultOf(table: RouteTable): string | undefined {
  const owners = new Map<string, ServiceName>();
  for (const service of SERVICE_NAMES) {
    for (const pattern of table[service]) {
      const inside = NEVER_ROUTED.find((path) => pattern === '/*' || pattern.startsWith(path));
      if (inside !== undefined) return `${pattern} would route ${inside}, which stays inside`;
      const shape = pattern.replaceAll(/:[^/]+/g, ':');
      const owner = owners.get(shape);
      if (owner !== undefined) return `${pattern} is given to ${owner} and to ${service}`;
      owners.set(shape, service);
    }
  }
  return undefined;
}

/** The service that a path (or an OpenAPI path template) belongs to: the most specific pattern wins, as in the router. */
export function ownerOf(table: RouteTable, path: string): ServiceName | undefined {
  const segments = path.split('/').slice(1);
  let best: { readonly service: ServiceName; readonly rank: string } | undefined;
  for (const service of SERVICE_NAMES) {
    for (const pattern of table[service]) {
      const rank = rankOf(pattern.split('/').slice(1), segments);
      if (rank !== undefined && (best === undefined || rank > best.rank)) best = { service, rank };
    }
  }
  return best?.service;
}

/** How exactly a pattern matches, to be compared as text: a literal segment before a parameter before a wildcard. */
function rankOf(pattern: readonly string[], segments: readonly string[]): string | undefined {
  let rank = '';
  for (const [index, part] of pattern.entries()) {
    if (part === '*') return segments.length > index ? rank : undefined;
    const segment = segments[index];
    if (segment === undefined || segment === '') return undefined;
    if (part.startsWith(':')) rank += '1';
    else if (part === segment) rank += '2';
    else return undefined;
  }
  return pattern.length === segments.length ? `${rank}3` : undefined;
}
