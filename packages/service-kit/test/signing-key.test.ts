import { generateKeyPairSync } from 'node:crypto';
import { isSignedBy, sha256, signingKey } from '../src/index.ts';

/** Test 1 of RFC 8032 §7.1 has this key, and signs nothing at all. */
const RFC_8032_KEY =
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n';
const RFC_8032_PUBLIC = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
const RFC_8032_SIGNATURE = '5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc-bRr0lv18FlbviRlUUFDjnoQCw';

test('signs as RFC 8032 says, and knows its own signatures only', () => {
  const key = signingKey(RFC_8032_KEY);
  expect([key.publicKey, key.sign('')]).toEqual([RFC_8032_PUBLIC, RFC_8032_SIGNATURE]);
  const signature = key.sign('a day');
  expect(isSignedBy(key.publicKey, 'a day', signature)).toBe(true);
  expect(isSignedBy(key.publicKey, 'another day', signature)).toBe(false);
  expect(isSignedBy(key.publicKey, 'a day', '')).toBe(false);
  expect(isSignedBy('short', 'a day', signature)).toBe(false);
});

test('takes no key of another kind', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(() => signingKey(pem)).toThrow('no Ed25519 key');
});

test('hashes parts as one', () => {
  const bytes = Buffer.from('abc');
  expect(sha256(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(sha256(bytes));
  expect(Buffer.from(sha256(bytes)).toString('hex').slice(0, 8)).toBe('ba7816bf');
});
