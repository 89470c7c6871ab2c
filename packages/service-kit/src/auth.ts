import type { Refusal } from '@tenor/contracts';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { anonymousAdmin, type Caller } from './caller.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import type { KeySource } from './key-sources.ts';

export interface AuthOptions {
  /** False lets a request without a token through as an anonymous admin; a token that is sent is checked all the same. */
  readonly required: boolean;
  readonly issuer: string;
  /** One of the `aud` that a token must have. */
  readonly audience: string;
  /** The claim that lists the caller's roles: a member's name, or a path with dots such as `realm_access.roles`. */
  readonly rolesClaim?: string;
  /** Without it no token is accepted. */
  readonly keys?: KeySource | undefined;
  readonly clock?: Clock;
}

export interface Authenticator {
  /** The caller behind an Authorization header, or `unauthenticated`; `service_unavailable` while no key can be read. */
  authenticate(authorization: string | undefined): Promise<Caller | Refusal>;
  /** Looks for the keys, so that a service does not start with a file that is missing or broken. */
  load(): Promise<void>;
}

const CLOCK_TOLERANCE_SECONDS = 5;
const MAX_TOKEN_LENGTH = 8192;
const MAX_ROLES = 32;
/** Asymmetric ones only: a public key must never pass for a shared secret. */
const algorithms = ['EdDSA', 'Ed25519', 'RS256', 'ES256'];

function unauthenticated(detail: string, challenge: string): Refusal {
  return {
    refused: 'unauthenticated',
    detail,
    meta: { headers: { 'www-authenticate': `Bearer realm="tenor"${challenge}` } },
  };
}

const invalidToken = (detail: string): Refusal =>
  unauthenticated(detail, `, error="invalid_token", error_description="${detail}"`);

/** Who the claims speak of; undefined when they name nobody. */
function callerOf(claims: JWTPayload, rolesClaim: string): Caller | undefined {
  const { sub, customer_id: customerId } = claims;
  if (sub === undefined || sub === '') return undefined;
  const roles = memberAt(claims, rolesClaim);
  const named = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string').slice(0, MAX_ROLES) : [];
  return { id: sub, roles: named, ...(typeof customerId === 'string' ? { customerId } : {}) };
}

/** A claim may have dots in its name, as those that are URLs do. */
function memberAt(claims: object, path: string): unknown {
  if (Object.hasOwn(claims, path)) return (claims as Record<string, unknown>)[path];
  const [name = '', ...rest] = path.split('.');
  const member: unknown = Object.hasOwn(claims, name) ? (claims as Record<string, unknown>)[name] : undefined;
  if (rest.length === 0) return member;
  return typeof member === 'object' && member !== null ? memberAt(member, rest.join('.')) : undefined;
}

/** No key can be had at the moment. */
class KeysUnavailable extends Error {}

/** The key that a token names; one that is unknown is looked for once more where its issuer publishes. */
function keyFinder(source: KeySource): JWTVerifyGetKey {
  return async (header, token) => {
    const keys = await source.keys().catch((error: unknown) => {
      throw new KeysUnavailable('No key can be had', { cause: error });
    });
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const fresh = await source.keysAgain();
      if (fresh === undefined) throw error;
      return fresh(header, token);
    }
  };
}

function whyInvalid(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) return `The claim ${error.claim} of the token is not accepted.`;
  return 'The token is malformed or not signed by a known key.';
}

/** Checks bearer tokens: JWTs signed by a key of the issuer, of that issuer, for this audience, with `sub` and `exp`. */
export function createAuthenticator(options: AuthOptions): Authenticator {
  const { required, issuer, audience, rolesClaim = 'roles', keys, clock = systemClock } = options;
  if (required && keys === undefined) {
    throw new Error('AUTH_REQUIRED=true needs AUTH_JWKS_FILE, AUTH_JWKS_URL or AUTH_OIDC=true');
  }
  const findKey = keys && keyFinder(keys);

  async function verify(token: string): Promise<Caller | Refusal> {
    if (findKey === undefined) return invalidToken('No issuer of tokens is configured here.');
    if (token.length > MAX_TOKEN_LENGTH) return invalidToken('The token is too long.');
    try {
      const { payload } = await jwtVerify(token, findKey, {
        algorithms,
        issuer,
        audience,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: clock.now(),
        requiredClaims: ['sub', 'exp'],
      });
      return callerOf(payload, rolesClaim) ?? invalidToken('The claim sub of the token is not accepted.');
    } catch (error) {
      if (error instanceof errors.JOSEError) return invalidToken(whyInvalid(error));
      if (!(error instanceof KeysUnavailable)) throw error;
      return { refused: 'service_unavailable', detail: 'Tokens cannot be checked at the moment.' };
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
      if (required) await keys?.load();
    },
  };
}
