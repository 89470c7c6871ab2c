import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@tenor/testing';
import { decodeProtectedHeader } from 'jose';
import { type BillingTest, startBillingTest } from '../harness.ts';

const PASSWORD = 'plum river copper 41';
const folder = mkdtempSync(join(tmpdir(), 'tenor-keys-'));
const file = join(folder, 'signing-keys.json');

const ed25519 = (kid: string) => ({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid });
const rsa = (kid: string) => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid,
});
const put = (...keys: object[]) => writeFileSync(file, JSON.stringify({ keys }));

const first = ed25519('first');
const second = rsa('second');
let billing: BillingTest;

beforeAll(async () => {
  put(first);
  billing = await startBillingTest('signing_keys', { AUTH_SIGNING_KEYS_FILE: file, LOGIN_LIMIT_PER_USER: '3' });
  await billing.post('/v1/auth/register', { username: 'ana', password: PASSWORD }, { role: null });
});
afterAll(async () => {
  await billing.stop();
  await rm(folder, { recursive: true });
});

const published = async () => (await billing.get('/.well-known/jwks.json', { role: null })).body['keys'] as object[];
const logIn = async () => {
  const { body } = await billing.post('/v1/auth/login', { username: 'ana', password: PASSWORD }, { role: null });
  return String(body['access_token']);
};
const kidsPublished = async () => (await published()).map((key) => (key as { kid: string }).kid);
/** 403 is what a customer gets there; 401 is what nobody gets. */
const use = async (token: string) =>
  (await billing.get('/v1/users', { role: null, headers: { authorization: `Bearer ${token}` } })).status;

describe('the keys that sign', () => {
  test('are published by their public halves alone', async () => {
    put(second, first);
    await eventually(async () => (await kidsPublished()).length === 2);
    expect(await published()).toEqual([
      { kty: 'RSA', n: second.n, e: second.e, kid: 'second', alg: 'RS256', use: 'sig' },
      { kty: 'OKP', crv: 'Ed25519', x: first.x, kid: 'first', alg: 'EdDSA', use: 'sig' },
    ]);
  });

  test('are replaced while the service runs: the new one signs, and what the old one signed holds until it goes', async () => {
    put(first);
    await eventually(async () => (await kidsPublished()).join() === 'first');
    const old = await logIn();
    put(second, first);
    await eventually(async () => (await kidsPublished()).join() === 'second,first');
    const fresh = await logIn();
    expect(decodeProtectedHeader(old)).toMatchObject({ kid: 'first', alg: 'EdDSA', typ: 'at+jwt' });
    expect(decodeProtectedHeader(fresh)).toMatchObject({ kid: 'second', alg: 'RS256' });
    expect([await use(old), await use(fresh)]).toEqual([403, 403]);
    put(second);
    await eventually(async () => (await kidsPublished()).join() === 'second');
    expect([await use(old), await use(fresh)]).toEqual([401, 403]);
  });

  test('stay in force while the file is broken', async () => {
    const token = await logIn();
    writeFileSync(file, '{');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect([await use(token), await use(await logIn())]).toEqual([403, 403]);
  });
});

describe('guessing a password', () => {
  test('ends for one user, however the name is written and wherever it is tried, and for no other', async () => {
    await billing.post('/v1/auth/register', { username: 'bo', password: PASSWORD }, { role: null });
    const guess = async (username: string) =>
      (await billing.post('/v1/auth/login', { username, password: 'a wrong guess' }, { role: null })).status;
    expect([await guess('bo'), await guess('BO'), await guess('ｂｏ'), await guess('bo')]).toEqual([
      401, 401, 401, 429,
    ]);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const fields = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'Bo', client_secret: PASSWORD });
    const client = await billing.post('/v1/auth/token', fields.toString(), { role: null, headers: form });
    expect(client.body).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(await logIn()).toMatch(/^ey/);
  });
});
