/** An answer as the client of a profile sees it. */
export interface Told<Body> {
  readonly status: number;
  readonly type: string;
  readonly body: Body;
}

type Headers = Readonly<Record<string, string>>;

/** A client of another system's API: its own words, and no token unless it is given one. */
export interface ProfileCaller<Body> {
  get<Got = Body>(path: string, headers?: Headers): Promise<Told<Got>>;
  post(path: string, body: unknown, headers?: Headers): Promise<Told<Body>>;
  /** As a form of names and values. */
  form(path: string, fields: Headers): Promise<Told<Body>>;
  /** The body as it is. */
  raw(path: string, body: string | FormData, type?: string): Promise<Told<Body>>;
}

const TIMEOUT_MS = 30_000;

/** Speaks to the profile at `base`; `Body` is what its client looks at in answers. */
export function profileCaller<Body>(base: string): ProfileCaller<Body> {
  async function ask<Got>(
    method: string,
    path: string,
    init: Pick<RequestInit, 'body' | 'headers'>,
  ): Promise<Told<Got>> {
    const answer = await fetch(`${base}${path}`, { method, ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, type, body: (await answer.json()) as Got };
  }
  const json = { 'content-type': 'application/json' };
  return {
    get: (path, headers = {}) => ask('GET', path, { headers }),
    post: (path, body, headers = {}) =>
      ask('POST', path, { body: JSON.stringify(body), headers: { ...json, ...headers } }),
    form: (path, fields) => ask('POST', path, { body: new URLSearchParams(fields) }),
    raw: (path, body, type) => ask('POST', path, { body, headers: type === undefined ? {} : { 'content-type': type } }),
  };
}

/** Every route of a profile that the documentation names, with something in the place of its parameters. */
export async function routesOf(origin: string, profile: string): Promise<{ method: string; path: string }[]> {
  const answer = await fetch(`${origin}/openapi.json`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths)
    .filter(([path]) => path.startsWith(`/${profile}/`))
    .flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => ({
        method: method.toUpperCase(),
        path: path.replaceAll(/\{[^}]+\}/g, '1'),
      })),
    );
}
