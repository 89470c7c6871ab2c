import { calculateJwkThumbprint, createLocalJWKSet, importJWK, type JSONWebKeySet, type JWK, SignJWT } from 'jose';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { newId } from './ids.ts';
import type { KeySet, KeySource } from './key-sources.ts';
import { watchedFile } from './watched-file.ts';

export interface TokenIssuerOptions {
  /** File of a JWKS of private keys: the first signs, the public halves of all are published. */
  readonly keysFile: string;
  readonly issuer: string;
  readonly audience: string;
  readonly clock?: Clock;
}

export interface TokenClaims {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly customerId: string | null;
  readonly ttlSeconds: number;
}

/** What anybody may see of a key. */
export type PublicKey = JWK & Required<Pick<JWK, 'kty' | 'kid' | 'alg' | 'use'>>;

/** Signs access tokens (JWT by RFC 9068) with keys that may be changed while it runs. */
export interface TokenIssuer {
  accessToken(claims: TokenClaims): Promise<string>;
  /** The public halves of all keys. */
  publicKeys(): Promise<{ readonly keys: PublicKey[] }>;
  /** By which the service that signs checks what it signed. */
  readonly keySource: KeySource;
}

interface SigningKeys {
  readonly kid: string;
  readonly algorithm: string;
  readonly key: Parameters<SignJWT['sign']>[0];
  readonly published: { readonly keys: PublicKey[] };
  readonly keySet: KeySet;
}

export function createTokenIssuer({
  keysFile,
  issuer,
  audience,
  clock = systemClock,
}: TokenIssuerOptions): TokenIssuer {
  const file = watchedFile(keysFile, signingKeysOf);
  return {
    async accessToken({ subject, roles, customerId, ttlSeconds }) {
      const { kid, algorithm, key } = await file.read();
      const now = Math.floor(clock.now().getTime() / 1000);
      return new SignJWT({ roles: [...roles], ...(customerId === null ? {} : { customer_id: customerId }) })
        .setProtectedHeader({ alg: algorithm, kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setJti(newId())
        .setIssuedAt(now)
        .setExpirationTime(now + ttlSeconds)
        .sign(key);
    },
    publicKeys: async () => (await file.read()).published,
    keySource: {
      keys: async () => (await file.read()).keySet,
      keysAgain: async () => undefined,
      load: async () => {
        await file.read().catch((error: unknown) => {
          throw new Error(`AUTH_SIGNING_KEYS_FILE cannot be read as a JWKS of private keys: ${keysFile}`, {
            cause: error,
          });
        });
      },
    },
  };
}

/** By kind of key: the algorithm, and the members beside `kty` that anybody may see (RFC 7518, 6; RFC 8037, 2). */
const kinds: Readonly<Record<string, { readonly algorithm: string; readonly members: readonly (keyof JWK)[] }>> = {
  'OKP Ed25519': { algorithm: 'EdDSA', members: ['crv', 'x'] },
  'EC P-256': { algorithm: 'ES256', members: ['crv', 'x', 'y'] },
  RSA: { algorithm: 'RS256', members: ['n', 'e'] },
};
const MODULUS_BYTES_MIN = 256;

async function signingKeysOf(text: string): Promise<SigningKeys> {
  const { keys } = JSON.parse(text) as JSONWebKeySet;
  const described = await Promise.all(keys.map(describe));
  const [first] = described;
  if (first === undefined) throw new Error('There is no key');
  if (new Set(described.map(({ kid }) => kid)).size < described.length) throw new Error('Two keys have one kid');
  const published = { keys: described.map(({ publicKey }) => publicKey) };
  const { kid, algorithm, privateKey } = first;
  return {
    kid,
    algorithm,
    key: await importJWK(privateKey, algorithm),
    published,
    keySet: createLocalJWKSet(published),
  };
}

interface DescribedKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly privateKey: JWK;
  readonly publicKey: PublicKey;
}

async function describe(privateKey: JWK): Promise<DescribedKey> {
  const { kty, crv, d, n = '' } = privateKey;
  const kind = kty === undefined ? undefined : kinds[crv === undefined ? kty : `${kty} ${crv}`];
  if (kty === undefined || kind === undefined) throw new Error('A key is neither Ed25519 nor P-256 nor RSA');
  if (typeof d !== 'string') throw new Error('A key is not a private one');
  const { algorithm, members } = kind;
  if (algorithm === 'RS256' && Buffer.from(n, 'base64url').length < MODULUS_BYTES_MIN) {
    throw new Error('An RSA key is shorter than 2048 bits');
  }
  const shown: JWK = { ...Object.fromEntries(members.map((member) => [member, privateKey[member]])), kty };
  const kid = privateKey.kid ?? (await calculateJwkThumbprint(shown));
  return { kid, algorithm, privateKey, publicKey: { ...shown, kty, kid, alg: algorithm, use: 'sig' } };
}
