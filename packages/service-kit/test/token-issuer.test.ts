import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthenticator, createTokenIssuer, isRefusal } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenor-signing-'));
const keysFile = join(folder, 'keys.json');
afterAll(() => rmSync(folder, { recursive: true }));

const named = { issuer: 'tenor-test', audience: 'tenor' };
const jwk = (key: ReturnType<typeof generateKeyPairSync>['privateKey'], kid?: string) => ({
  ...key.export({ format: 'jwk' }),
  ...(kid === undefined ? {} : { kid }),
});
const ed25519 = () => generateKeyPairSync('ed25519').privateKey;
const issuerOf = (...keys: object[]) => {
  writeFileSync(keysFile, JSON.stringify({ keys }));
  return createTokenIssuer({ keysFile, ...named });
};
const claims = { subject: 'u-1', roles: ['officer'], customerId: null, ttlSeconds: 60 };

describe('who signs tokens', () => {
  test.each([
    { kind: 'Ed25519', key: ed25519() },
    { kind: 'P-256', key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey },
    { kind: 'RSA', key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey },
  ])('signs with $kind what a service then takes, and publishes nothing secret', async ({ key }) => {
    const issuer = issuerOf(jwk(key));
    const { authenticate } = createAuthenticator({ required: true, ...named, keys: issuer.keySource });
    const token = await issuer.accessToken({ ...claims, customerId: 'c-1' });
    expect(await authenticate(`Bearer ${token}`)).toEqual({ id: 'u-1', roles: ['officer'], customerId: 'c-1' });
    const [published] = (await issuer.publicKeys()).keys;
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(published).not.toHaveProperty(secret);
    expect(published?.kid).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test('a token ends when it says, but for a few seconds between clocks', async () => {
    const issuer = issuerOf(jwk(ed25519()));
    const token = await issuer.accessToken(claims);
    const at = (seconds: number) =>
      createAuthenticator({
        required: true,
        ...named,
        keys: issuer.keySource,
        clock: { now: () => new Date(Date.now() + seconds * 1000) },
      }).authenticate(`Bearer ${token}`);
    expect([isRefusal(await at(0)), isRefusal(await at(62)), isRefusal(await at(70))]).toEqual([false, false, true]);
  });

  test.each([
    { because: 'there is no key', keys: [] },
    { because: 'a key is a public one', keys: [{ ...jwk(ed25519()), d: undefined }] },
    { because: 'two keys have one kid', keys: [jwk(ed25519(), 'same'), jwk(ed25519(), 'same')] },
    { because: 'a key is symmetric', keys: [{ kty: 'oct', k: 'c2VjcmV0' }] },
    { because: 'a key is short', keys: [jwk(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)] },
  ])('does not start when $because', async ({ keys }) => {
    await expect(issuerOf(...keys).keySource.load()).rejects.toThrow(/AUTH_SIGNING_KEYS_FILE/);
  });
});
