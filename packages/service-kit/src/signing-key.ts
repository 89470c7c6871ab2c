import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** An Ed25519 key that signs texts; what it is called by is its public part. */
export interface SigningKey {
  /** The 32 bytes of the public key in base64url, as `x` of RFC 8037. */
  readonly publicKey: string;
  /** The signature of the text's UTF-8 bytes, in base64url. */
  sign(text: string): string;
}

const KEY_LENGTH_BYTES = 32;

/** The key in a PEM text (PKCS#8). Throws for anything but an Ed25519 private key. */
export function signingKey(pem: string): SigningKey {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('The key that signs is no Ed25519 key');
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  if (x === undefined) throw new Error('The key that signs has no public part');
  return { publicKey: x, sign: (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64url') };
}

/** Whether the text was signed by the key that this public key belongs to; false for what is no key or no signature. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const key = publicKeyOf(publicKey);
  return key !== undefined && verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64url'));
}

function publicKeyOf(publicKey: string): KeyObject | undefined {
  if (Buffer.from(publicKey, 'base64url').length !== KEY_LENGTH_BYTES) return undefined;
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: publicKey } });
}

/** SHA-256 of these bytes, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
