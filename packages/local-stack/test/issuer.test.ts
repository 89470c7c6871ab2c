import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { createIssuer } from '../src/issuer.ts';
import { localSecrets } from '../src/secrets.ts';
import { removeScratch, scratchFolder } from './support/scratch.ts';

afterAll(removeScratch);

async function verify(jwksFile: string, token: string) {
  const keys = createLocalJWKSet(JSON.parse(readFileSync(jwksFile, 'utf8')) as JSONWebKeySet);
  return (await jwtVerify(token, keys, { issuer: 'tenor-local', audience: 'tenor', algorithms: ['EdDSA'] })).payload;
}

describe('the local issuer', () => {
  test.each([
    { request: { role: 'officer' }, claims: { roles: ['officer'], sub: 'officer' } },
    { request: { role: 'auditor', subject: 'alice' }, claims: { roles: ['auditor'], sub: 'alice' } },
    { request: { role: 'customer', customerId: 'c-1' }, claims: { sub: 'customer', customer_id: 'c-1' } },
  ])('signs what its key set verifies: $claims', async ({ request, claims }) => {
    const issuer = createIssuer(scratchFolder());
    const payload = await verify(issuer.jwksFile, await issuer.sign(request));
    expect(payload).toMatchObject(claims);
    expect(payload.exp).toBe((payload.iat ?? 0) + 12 * 3600);
  });

  test('signs expired tokens for those who test refusals', async () => {
    const issuer = createIssuer(scratchFolder());
    const token = await issuer.sign({ role: 'officer', ttlSeconds: -60 });
    await expect(verify(issuer.jwksFile, token)).rejects.toThrow('"exp" claim timestamp check failed');
  });

  test('keeps its key from one start to the next, and differs from that of another folder', async () => {
    const folder = scratchFolder();
    const token = await createIssuer(folder).sign({ role: 'officer' });
    expect(await verify(createIssuer(folder).jwksFile, token)).toMatchObject({ sub: 'officer' });
    await expect(verify(createIssuer(scratchFolder()).jwksFile, token)).rejects.toThrow();
  });

  test('gives the private key and the secrets to their owner only, and not to the key set', () => {
    const folder = scratchFolder();
    const { jwksFile } = createIssuer(folder);
    const secrets = localSecrets(folder);
    const modes = ['signing-keys.json', 'secrets.json'].map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
    expect(JSON.parse(readFileSync(jwksFile, 'utf8')).keys[0]).not.toHaveProperty('d');
    expect(localSecrets(folder)).toEqual(secrets);
    expect(secrets.external_ref_key.length).toBeGreaterThanOrEqual(32);
  });
});
