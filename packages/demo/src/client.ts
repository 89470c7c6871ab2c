/** A JSON answer with what a story looks at. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface Client {
  get<T>(path: string): Promise<T>;
  /** Undefined where there is no such thing. */
  find<T>(path: string): Promise<T | undefined>;
  post<T>(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer<T>>;
  patch<T>(path: string, body: unknown): Promise<Answer<T>>;
  /** Sends a form with a file. */
  upload<T>(path: string, form: FormData): Promise<Answer<T>>;
}

const REQUEST_TIMEOUT_MS = 20_000;

/** Speaks to the gateway at `baseUrl`. `get` rejects on anything but 2xx, `find` but for 404; the others return refusals as they are. */
export function connect(baseUrl: string, token: string | undefined): Client {
  const ask = async <T>(method: string, path: string, body: unknown, headers: Readonly<Record<string, string>>) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  };
  const read = async <T>(path: string): Promise<Answer<T>> => {
    const answer = await ask<T>('GET', path, undefined, {});
    if (answer.status >= 300 && answer.status !== 404)
      throw new Error(`GET ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer;
  };
  return {
    async get<T>(path: string) {
      const { status, body } = await read<T>(path);
      if (status === 404) throw new Error(`GET ${path} answered 404: ${JSON.stringify(body)}`);
      return body;
    },
    async find<T>(path: string) {
      const { status, body } = await read<T>(path);
      return status === 404 ? undefined : body;
    },
    post: (path, body, headers = {}) => ask('POST', path, body, headers),
    patch: (path, body) => ask('PATCH', path, body, {}),
    upload: (path, form) => ask('POST', path, form, {}),
  };
}

/** The body of a success. Throws for a refusal, which names what was asked for. */
export function created<T>({ status, body }: Answer<T>, what: string): T {
  if (status >= 300) throw new Error(`${what} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
