import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { readJson, writeJson } from './json-file.ts';

const TTL_DEFAULT_S = 12 * 3600;

/** The `iss` of every local token. */
export const LOCAL_ISSUER = 'tenor-local';
/** Its `aud`, which is AUTH_AUDIENCE where nothing else is said. */
const LOCAL_AUDIENCE = 'tenor';

export interface TokenRequest {
  readonly role: string;
  /** Who calls; the role's name unless told. */
  readonly subject?: string;
  readonly customerId?: string;
  /** Seconds until it expires, 12 hours unless told; negative for one that has expired. */
  readonly ttlSeconds?: number;
}

export interface Issuer {
  readonly issuer: string;
  /** The public key as a JSON Web Key Set, for AUTH_JWKS_FILE. */
  readonly jwksFile: string;
  /** The private key as one, for AUTH_SIGNING_KEYS_FILE: billing's own logins are then of this issuer. */
  readonly signingKeysFile: string;
  sign(request: TokenRequest): Promise<string>;
}

interface PrivateKey extends JsonWebKey {
  readonly kid: string;
}

/** An issuer of tokens for development and tests, by the Ed25519 key in the folder, which the first call makes. */
export function createIssuer(keyFolder: string): Issuer {
  mkdirSync(keyFolder, { recursive: true, mode: 0o700 });
  const jwksFile = join(keyFolder, 'jwks.json');
  const signingKeysFile = join(keyFolder, 'signing-keys.json');
  const [stored = makeKey(jwksFile, signingKeysFile)] =
    readJson<{ keys: readonly PrivateKey[] }>(signingKeysFile)?.keys ?? [];
  const key = createPrivateKey({ key: stored, format: 'jwk' });
  return { issuer: LOCAL_ISSUER, jwksFile, signingKeysFile, sign: (request) => sign(key, stored.kid, request) };
}

function makeKey(jwksFile: string, signingKeysFile: string): PrivateKey {
  const pair = generateKeyPairSync('ed25519');
  const named = { kid: randomUUID(), alg: 'EdDSA', use: 'sig' };
  const made = { ...pair.privateKey.export({ format: 'jwk' }), ...named };
  writeJson(jwksFile, { keys: [{ ...pair.publicKey.export({ format: 'jwk' }), ...named }] });
  writeJson(signingKeysFile, { keys: [made] }, 0o600);
  return made;
}

function sign(key: KeyObject, kid: string, request: TokenRequest): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const customer = request.customerId === undefined ? {} : { customer_id: request.customerId };
  return new SignJWT({ roles: [request.role], ...customer })
    .setProtectedHeader({ alg: 'EdDSA', kid })
    .setIssuer(LOCAL_ISSUER)
    .setAudience(LOCAL_AUDIENCE)
    .setSubject(request.subject ?? request.role)
    .setIssuedAt(now)
    .setExpirationTime(now + (request.ttlSeconds ?? TTL_DEFAULT_S))
    .sign(key);
}
