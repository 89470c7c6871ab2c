import { readFile } from 'node:fs/promises';
import { basicAuthorization } from './basic-credentials.ts';
import { fetchText } from './bounded-fetch.ts';

/** Where a service gets the token that it shows to another. */
export interface TokenSource {
  /** Rejects while none can be had. */
  token(): Promise<string>;
  /** Told that the last one was refused: the next call gets a new one. */
  refused(): void;
}

/** A token that somebody else puts into a file, read at each use. */
export function fileToken(path: string): TokenSource {
  return { token: async () => (await readFile(path, 'utf8')).trim(), refused: () => undefined };
}

export interface ClientTokenOptions {
  /** The token endpoint of the issuer. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** In milliseconds, from any instant on. */
  readonly elapsedMs?: () => number;
}

const BOUNDS = { timeoutMs: 3_000, bytesMax: 64 * 1024 } as const;
/** Before its end a token is no longer used: it must still be good when it arrives. */
const RESERVE_MS = 30_000;

/**
 * Tokens by client credentials (RFC 6749, 4.4), each used until shortly before its end; requests that come at once share
 * one.
 */
export function clientToken(options: ClientTokenOptions): TokenSource {
  const { elapsedMs = () => performance.now() } = options;
  let held: { readonly token: string; readonly until: number } | undefined;
  let underWay: Promise<string> | undefined;

  async function fetchToken(): Promise<string> {
    const at = elapsedMs();
    const { token, expiresInSeconds } = await requestToken(options);
    const lifeMs = expiresInSeconds * 1000;
    held = { token, until: at + Math.max(lifeMs - RESERVE_MS, lifeMs / 2) };
    return token;
  }

  return {
    async token() {
      if (held !== undefined && elapsedMs() < held.until) return held.token;
      underWay ??= fetchToken().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    refused: () => {
      held = undefined;
    },
  };
}

async function requestToken({ url, clientId, clientSecret }: ClientTokenOptions) {
  // Encoded as in a form before they are put together (RFC 6749, 2.3.1).
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  const headers = {
    accept: 'application/json',
    authorization: basicAuthorization({ username: encode(clientId), password: encode(clientSecret) }),
  };
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const { status, text } = await fetchText(url, { method: 'POST', headers, body }, BOUNDS);
  if (status !== 200) throw new Error(`The token endpoint answered ${status}`);
  const { access_token: token, expires_in: expiresInSeconds } = JSON.parse(text) as Record<string, unknown>;
  if (typeof token !== 'string' || typeof expiresInSeconds !== 'number') {
    throw new Error('The token endpoint answered without a token');
  }
  return { token, expiresInSeconds };
}
