/** Whatever an answer holds: tokens, a thing, a page of them, a list, or an error. */
export interface Body {
  readonly [name: string]: unknown;
  readonly access: string;
  readonly refresh: string;
  readonly id: number;
  readonly customer_number: string;
  readonly count: number;
  readonly next: string | null;
  readonly results: readonly Body[];
  readonly length: number;
  readonly [index: number]: object;
}

/** An answer as a client of this API sees it. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Asked {
  /** Sent as JSON, a form as it is, and text as JSON that somebody wrote by hand. */
  readonly body?: object | string | URLSearchParams | FormData;
  /** Another one than the client's own; null for none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export type KopaClient = (method: string, path: string, asked?: Asked) => Promise<Told>;

const TIMEOUT_MS = 20_000;

/** A client of that system, who was told another base address and nothing else. */
export function kopaClient(base: string, own: () => string | null): KopaClient {
  return async (method, path, { body, token = own(), headers = {} } = {}) => {
    const isForm = body instanceof URLSearchParams || body instanceof FormData;
    const sent = isForm || body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(path.startsWith('http') ? path : `${base}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
}
