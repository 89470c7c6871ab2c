import { isSignedBy, type SigningKey } from '@tenor/service-kit';
import { type SignedRoot, signedText } from './journal-root.ts';

/** Whether a key that we trust signed this root. */
export type RootTrust = (root: SignedRoot) => boolean;

/** Trusts the key that signs now and the public keys (base64url) that did before; the key that a stored root names itself counts for nothing. */
export function rootTrust(key: SigningKey | undefined, trustedKeys: readonly string[]): RootTrust {
  const keys = new Set([...(key === undefined ? [] : [key.publicKey]), ...trustedKeys]);
  return (root) => keys.has(root.publicKey) && isSignedBy(root.publicKey, signedText(root), root.signature);
}
