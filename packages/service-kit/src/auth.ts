import { readFile, stat } from 'node:fs/promises';
import type { Refusal } from '@tenor/contracts';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { anonymousAdmin, type Caller } from './caller.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';

export interface AuthOptions {
  /** False lets a request without a token through as an anonymous admin; a token that is sent is checked all the same. */
  readonly required: boolean;
  readonly issuer: string;
  readonly jwksFile?: string | undefined;
  readonly clock?: Clock;
}

export interface Authenticator {
  /** The caller behind an Authorization header, or `unauthenticated`; `service_unavailable` while no key can be read. */
  authenticate(authorization: string | undefined): Promise<Caller | Refusal>;
  /** Reads the key file, so that a service does not start with one that is missing or broken. */
  load(): Promise<void>;
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

const CLOCK_TOLERANCE_SECONDS = 5;
/** How often at most the key file is looked at. */
const KEY_FILE_CHECK_MS = 1000;
const MAX_TOKEN_LENGTH = 8192;
const MAX_ROLES = 32;
const algorithms = ['EdDSA', 'Ed25519'];

function unauthenticated(detail: string, challenge: string): Refusal {
  return {
    refused: 'unauthenticated',
    detail,
    meta: { headers: { 'www-authenticate': `Bearer realm="tenor"${challenge}` } },
  };
}

const invalidToken = (detail: string): Refusal =>
  unauthenticated(detail, `, error="invalid_token", error_description="${detail}"`);

/** The keys of a JWKS file, read again when its time or size changes; the old ones stay while a new file is broken. */
function keyFile(path: string): { keys(): Promise<KeySet> } {
  let current: { keys: KeySet; stamp: string } | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;

  async function read(): Promise<void> {
    const { mtimeMs, size, ino } = await stat(path);
    const stamp = `${mtimeMs}-${size}-${ino}`;
    if (current?.stamp === stamp) return;
    const keySet = JSON.parse(await readFile(path, 'utf8')) as JSONWebKeySet;
    current = { keys: createLocalJWKSet(keySet), stamp };
  }

  async function keys(): Promise<KeySet> {
    const isDue = performance.now() - checkedAt >= KEY_FILE_CHECK_MS;
    if (isDue || current === undefined) {
      checkedAt = performance.now();
      await read().catch((error: unknown) => {
        if (current === undefined) throw error;
      });
    }
    if (current === undefined) throw new Error('the key file holds no keys');
    return current.keys;
  }

  return { keys };
}

/** Who the claims speak of; undefined when they name nobody. */
function callerOf({ sub, roles, customer_id: customerId }: JWTPayload): Caller | undefined {
  if (sub === undefined || sub === '') return undefined;
  const named = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string').slice(0, MAX_ROLES) : [];
  return { id: sub, roles: named, ...(typeof customerId === 'string' ? { customerId } : {}) };
}

function whyInvalid(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) return `The claim ${error.claim} of the token is not accepted.`;
  return 'The token is malformed or not signed by a known key.';
}

/** Checks bearer tokens: JWTs signed with Ed25519 by a key of the JWKS file, of the issuer, with `sub` and `exp`. */
export function createAuthenticator({ required, issuer, jwksFile, clock = systemClock }: AuthOptions): Authenticator {
  const file = jwksFile === undefined ? undefined : keyFile(jwksFile);
  if (required && file === undefined) throw new Error('AUTH_REQUIRED=true needs AUTH_JWKS_FILE');

  async function verify(token: string): Promise<Caller | Refusal> {
    if (file === undefined) return invalidToken('No issuer of tokens is configured here.');
    if (token.length > MAX_TOKEN_LENGTH) return invalidToken('The token is too long.');
    const keys = await file.keys().catch(() => undefined);
    if (keys === undefined)
      return { refused: 'service_unavailable', detail: 'Tokens cannot be checked at the moment.' };
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms,
        issuer,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: clock.now(),
        requiredClaims: ['sub', 'exp'],
      });
      return callerOf(payload) ?? invalidToken('The claim sub of the token is not accepted.');
    } catch (error) {
      if (error instanceof errors.JOSEError) return invalidToken(whyInvalid(error));
      throw error;
    }
  }

  async function authenticate(authorization: string | undefined): Promise<Caller | Refusal> {
    if (authorization === undefined) {
      return required ? unauthenticated('A bearer token is needed.', '') : anonymousAdmin;
    }
    const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    return token === undefined ? invalidToken('The Authorization header must be: Bearer, a token.') : verify(token);
  }

  return {
    authenticate,
    load: async () => {
      if (!required) return;
      await file?.keys().catch((error: unknown) => {
        throw new Error(`AUTH_JWKS_FILE cannot be read as a JWKS: ${jwksFile}`, { cause: error });
      });
    },
  };
}
