import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { fetchText } from './bounded-fetch.ts';
import { watchedFile } from './watched-file.ts';

/** Finds the key that a token names. */
export type KeySet = JWTVerifyGetKey;

/** Where the public keys come from by which tokens are checked. */
export interface KeySource {
  /** Those that are known. Rejects while none can be had. */
  keys(): Promise<KeySet>;
  /** Looked up anew, for a token that names an unknown key; undefined where that was done not long ago, or fails. */
  keysAgain(): Promise<KeySet | undefined>;
  /** Before the start. Rejects where it is certain that no key will be had. */
  load(): Promise<void>;
}

const keySetOf = (text: string): KeySet => createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);

/** The keys of a JWKS file, which is looked at again every second. */
export function fileKeys(path: string): KeySource {
  const file = watchedFile(path, keySetOf);
  return {
    keys: file.read,
    keysAgain: async () => undefined,
    load: async () => {
      await file.read().catch((error: unknown) => {
        throw new Error(`AUTH_JWKS_FILE cannot be read as a JWKS: ${path}`, { cause: error });
      });
    },
  };
}

/** How long keys are used before they are fetched again. */
const FRESH_MS = 10 * 60_000;
/** How long keys are used while their issuer does not answer: after that a key that was withdrawn is certainly not. */
const STALE_MS = 60 * 60_000;
/** Between two attempts to fetch, whoever asks for them: unknown keys in made-up tokens cost the issuer nothing. */
const COOL_DOWN_MS = 10_000;
/** The same while no key is known at all. */
const FIRST_COOL_DOWN_MS = 1_000;
const BOUNDS = { timeoutMs: 3_000, bytesMax: 256 * 1024 } as const;

export interface RemoteKeysOptions {
  /** Where the JWKS is: known beforehand, or asked for with each fetch. */
  readonly locate: () => Promise<string>;
  readonly coolDownMs?: number;
  /** In milliseconds, from any instant on. */
  readonly elapsedMs?: () => number;
}

/** The keys that an issuer publishes, fetched as the first token comes and kept; concurrent requests share a fetch. */
export function remoteKeys(options: RemoteKeysOptions): KeySource {
  const { locate, coolDownMs = COOL_DOWN_MS, elapsedMs = () => performance.now() } = options;
  let known: { readonly keys: KeySet; readonly at: number } | undefined;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<KeySet> | undefined;

  const age = () => (known === undefined ? Number.POSITIVE_INFINITY : elapsedMs() - known.at);

  async function fetchKeys(): Promise<KeySet> {
    const at = elapsedMs();
    attemptedAt = at;
    const keys = keySetOf(await answerOf(await locate()));
    known = { keys, at };
    return keys;
  }

  /** The fetch under way or a new one; undefined while it is too early for one. */
  function fetched(): Promise<KeySet> | undefined {
    const pauseMs = known === undefined ? Math.min(FIRST_COOL_DOWN_MS, coolDownMs) : coolDownMs;
    if (underWay === undefined && elapsedMs() - attemptedAt < pauseMs) return undefined;
    underWay ??= fetchKeys().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  return {
    async keys() {
      if (known !== undefined && age() < FRESH_MS) return known.keys;
      const fresh = await fetched()?.catch(() => undefined);
      if (fresh !== undefined) return fresh;
      if (known === undefined || age() >= STALE_MS) throw new Error('The keys of the issuer cannot be fetched');
      return known.keys;
    },
    keysAgain: async () => fetched()?.catch(() => undefined),
    // An issuer that is down for the moment keeps no service from starting.
    load: async () => undefined,
  };
}

async function answerOf(url: string): Promise<string> {
  const { status, text } = await fetchText(url, { headers: { accept: 'application/json' } }, BOUNDS);
  if (status !== 200) throw new Error(`${url} answered ${status}`);
  return text;
}

/**
 * Where an OpenID Connect issuer publishes its keys, by its discovery document. Rejects unless the document is of exactly
 * this issuer (OpenID Connect Discovery 1.0, 4.3).
 */
export async function discoverJwksUri(issuer: string): Promise<string> {
  const text = await answerOf(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const found = JSON.parse(text) as { issuer?: unknown; jwks_uri?: unknown };
  if (found.issuer !== issuer) throw new Error(`The discovery document of ${issuer} names another issuer`);
  if (typeof found.jwks_uri !== 'string' || !/^https?:\/\//.test(found.jwks_uri)) {
    throw new Error(`The discovery document of ${issuer} names no keys`);
  }
  return found.jwks_uri;
}

/** What of the environment says where keys come from. */
export interface KeyConfig {
  readonly AUTH_ISSUER: string;
  readonly AUTH_JWKS_FILE?: string;
  readonly AUTH_JWKS_URL?: string;
  readonly AUTH_OIDC?: boolean;
}

/** The one source that the environment names; undefined for none. Throws for several, and for discovery without a URL. */
export function keySourceOf(config: KeyConfig): KeySource | undefined {
  const { AUTH_ISSUER: issuer, AUTH_JWKS_FILE: path, AUTH_JWKS_URL: url, AUTH_OIDC: isOidc = false } = config;
  const named = [path !== undefined, url !== undefined, isOidc].filter(Boolean).length;
  if (named > 1) throw new Error('Give one of AUTH_JWKS_FILE, AUTH_JWKS_URL and AUTH_OIDC=true');
  if (path !== undefined) return fileKeys(path);
  if (url !== undefined) return remoteKeys({ locate: async () => url });
  if (!isOidc) return undefined;
  if (!/^https?:\/\//.test(issuer)) throw new Error('AUTH_OIDC=true needs an AUTH_ISSUER that is a URL');
  return remoteKeys({ locate: () => discoverJwksUri(issuer) });
}
