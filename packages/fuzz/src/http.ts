const REQUEST_TIMEOUT_MS = 20_000;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body read as JSON; the text itself where it is none. */
  readonly body: unknown;
}

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
}

export type Ask = (request: HttpRequest) => Promise<HttpAnswer>;

/** Sends requests to `baseUrl` with the authorization given, and returns whatever is answered. */
export function asker(baseUrl: string, authorization: string | undefined): Ask {
  return async ({ method, path, headers, json }) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: readJson(text) };
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
