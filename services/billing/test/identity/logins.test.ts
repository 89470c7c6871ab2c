import { randomUUID } from 'node:crypto';
import * as argon2 from '@node-rs/argon2';
import { anonymous, createTokenIssuer } from '@tenor/service-kit';
import { testIssuer } from '@tenor/testing';
import { decodeJwt } from 'jose';
import { customersStore } from '../../src/customers/customers.store.ts';
import { logIn, logInClient } from '../../src/identity/identity.commands.ts';
import { argon2Passwords } from '../../src/identity/passwords.client.ts';
import { createIdentity } from '../../src/identity.ts';
import { type BillingTest, startBillingTest } from '../harness.ts';

const PASSWORD = 'plum river copper 41';
let billing: BillingTest;

beforeAll(async () => {
  billing = await startBillingTest('logins');
});
afterAll(() => billing.stop());

const newName = () => `ana.${randomUUID().slice(0, 8)}`;
const open = { role: null };
const register = (username: string, more: object = {}) =>
  billing.post('/v1/auth/register', { username, password: PASSWORD, ...more }, open);
const logInAs = (username: string, password = PASSWORD) => billing.post('/v1/auth/login', { username, password }, open);
const refresh = (token: unknown) => billing.post('/v1/auth/refresh', { refresh_token: token }, open);
const logOut = (token: unknown) => billing.post('/v1/auth/logout', { refresh_token: token }, open);
const asUser = (token: unknown) => ({ role: null, headers: { authorization: `Bearer ${token}` } });
const outcome = ({ status, body }: { status: number; body: { code?: string } }) => ({ status, code: body.code });

/** A new user who has just logged in. */
async function loggedIn() {
  const username = newName();
  const { body: user } = await register(username);
  const { body: tokens } = await logInAs(username);
  return { username, user, tokens };
}
/** The token's use, moved into the past by more than a retry may take. */
const age = () =>
  billing.rows(`update refresh_tokens set used_at = used_at - interval '6 seconds' where used_at is not null`);

describe('registering', () => {
  test('makes a user of role customer with a customer record of its own', async () => {
    const username = newName();
    const { status, body } = await register(username, { email: 'ana@example.com', last_name: 'Ng' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      username,
      email: 'ana@example.com',
      roles: ['customer'],
      status: 'active',
      version: 1,
    });
    const { body: customer } = await billing.get(`/v1/customers/${body['customer_id']}`);
    expect(customer).toMatchObject({ last_name: 'Ng', external_id: `user:${body.id}` });
  });

  test('a name that is taken, in either case or another form, is refused and leaves no customer behind', async () => {
    const username = `Åsa${newName()}`;
    expect((await register(username)).status).toBe(201);
    const customers = await billing.rows('select id from customers');
    for (const same of [username.toUpperCase(), username.normalize('NFD'), username.replace('s', 'ｓ')]) {
      expect(outcome(await register(same))).toEqual({ status: 409, code: 'already_exists' });
      expect((await logInAs(same)).status).toBe(200);
    }
    expect(await billing.rows('select id from customers')).toHaveLength(customers.length);
  });

  test('of ten that want one name at once, one gets it', async () => {
    const username = newName();
    const answers = await Promise.all(Array.from({ length: 10 }, () => register(username)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
    const owners = await billing.rows(`select id from users where data like '%${username}%'`);
    expect(owners).toHaveLength(1);
  });

  test.each([
    { username: 'ana ng', because: 'a space' },
    { username: 'ana\u200bng', because: 'a character that nobody sees' },
    { username: 'ana/ng', because: 'a slash' },
  ])('a name with $because is refused', async ({ username }) => {
    const { status, body } = await register(username);
    expect({ status, pointer: body.errors[0]?.pointer }).toEqual({ status: 400, pointer: '/username' });
  });

  test.each(['too short 1', 'password1234', 'abcdefghijklmn', 'aaaaaaaaaaaaaa', 'x'.repeat(257)])(
    'the password %p is refused',
    async (password) => {
      const { status, body } = await register(newName(), { password });
      expect({ status, pointer: body.errors[0]?.pointer }).toEqual({ status: 400, pointer: '/password' });
    },
  );

  test('every character of a long password counts, those after the 72nd byte too', async () => {
    const username = newName();
    const long = `${'plum river copper '.repeat(10)}end`;
    await register(username, { password: long });
    expect((await logInAs(username, long)).status).toBe(200);
    expect((await logInAs(username, `${long.slice(0, -1)}x`)).status).toBe(401);
  });

  test('a password may be typed with composed characters or without', async () => {
    const username = newName();
    await register(username, { password: 'pêche à la rivière'.normalize('NFD') });
    expect((await logInAs(username, 'pêche à la rivière'.normalize('NFC'))).status).toBe(200);
  });

  test('keeps neither password nor name where somebody could read them', async () => {
    const username = newName();
    const key = { ...open, key: randomUUID() };
    await billing.post('/v1/auth/register', { username, password: PASSWORD }, key);
    const [row] = await billing.rows<{ username_ref: string; password_hash: string }>(
      `select username_ref, password_hash from users where data like '%${username}%'`,
    );
    expect(row?.username_ref).toMatch(/^[0-9a-f]{64}$/);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const kept = await billing.rows(`select 1 from idempotency_keys where scope like '%auth/register%'`);
    expect(kept).toHaveLength(0);
  });
});

describe('logging in', () => {
  test('gives a token that the API takes, of the user, the role and the customer', async () => {
    const { user, tokens } = await loggedIn();
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
    const claims = decodeJwt(String(tokens['access_token']));
    expect(claims).toMatchObject({
      iss: 'tenor-local',
      aud: 'tenor',
      sub: user.id,
      roles: ['customer'],
      customer_id: user['customer_id'],
      jti: expect.any(String),
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
    expect(outcome(await billing.get('/v1/users', asUser(tokens['access_token'])))).toEqual({
      status: 403,
      code: 'forbidden',
    });
  });

  test('an unknown name, a wrong password and a disabled user get one answer', async () => {
    const { username, user } = await loggedIn();
    const disabled = newName();
    const { body } = await register(disabled);
    await billing.patch(`/v1/users/${body.id}`, { status: 'disabled' }, { role: 'admin' });
    const answers = [
      await logInAs('nobody.at.all'),
      await logInAs(username, 'another password'),
      await logInAs(disabled),
    ];
    const told = answers.map(({ body: { request_id: _, ...rest } }) => rest);
    expect(told[0]).toMatchObject({ status: 401, code: 'credentials_invalid' });
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    expect(user.id).toBeDefined();
  });

  test('whoever is named, one password is verified by the same parameters: the time tells nothing', async () => {
    const { username } = await loggedIn();
    const disabled = newName();
    const { body } = await register(disabled);
    await billing.patch(`/v1/users/${body.id}`, { status: 'disabled' }, { role: 'admin' });
    const verified: string[] = [];
    const library = {
      hash: argon2.hash,
      verify: (hashed: string | Uint8Array, ...rest: [string | Uint8Array]) => {
        verified.push(String(hashed).split('$').slice(0, 4).join('$'));
        return argon2.verify(hashed, ...rest);
      },
    };
    const service = createIdentity(billing.config, {
      database: billing.database,
      customers: customersStore(billing.config.EXTERNAL_REF_KEY),
      tokens: createTokenIssuer({ keysFile: testIssuer().signingKeysFile, issuer: 'x', audience: 'x' }),
    }).service;
    const counting = { ...service, passwords: argon2Passwords(library) };
    const context = { caller: anonymous, requestId: 'r-1' };
    for (const [name, password] of [
      [username, PASSWORD],
      [username, 'wrong'],
      ['nobody.at.all', PASSWORD],
      [disabled, PASSWORD],
    ] as const) {
      await logIn(counting, context, { username: name, password });
      await logInClient(counting, { clientId: name, clientSecret: password });
    }
    expect(verified).toEqual(Array(8).fill('$argon2id$v=19$m=19456,t=2,p=1'));
  });

  test('answers are not to be kept by anybody on the way', async () => {
    const { username } = await loggedIn();
    expect((await logInAs(username)).headers['cache-control']).toBe('no-store');
  });
});

describe('refreshing', () => {
  test('replaces the token each time', async () => {
    const { tokens, user } = await loggedIn();
    let token = tokens['refresh_token'];
    for (let round = 0; round < 3; round += 1) {
      const { status, body } = await refresh(token);
      expect(status).toBe(200);
      expect(decodeJwt(String(body['access_token'])).sub).toBe(user.id);
      expect(body['refresh_token']).not.toBe(token);
      token = body['refresh_token'];
    }
  });

  test('two that come at once with one token get one successor, and so does a retry', async () => {
    const { tokens } = await loggedIn();
    const answers = await Promise.all([refresh(tokens['refresh_token']), refresh(tokens['refresh_token'])]);
    const again = await refresh(tokens['refresh_token']);
    expect([...answers, again].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set([...answers, again].map(({ body }) => body['refresh_token'])).size).toBe(1);
  });

  test('a token that comes again later ends the login, the newest token included', async () => {
    const { tokens } = await loggedIn();
    const { body: next } = await refresh(tokens['refresh_token']);
    await age();
    expect(outcome(await refresh(tokens['refresh_token']))).toEqual({ status: 401, code: 'token_reused' });
    expect(outcome(await refresh(next['refresh_token']))).toEqual({ status: 401, code: 'refresh_token_invalid' });
  });

  test('so does one whose successor was used, however soon it comes', async () => {
    const { tokens } = await loggedIn();
    const { body: next } = await refresh(tokens['refresh_token']);
    const { body: last } = await refresh(next['refresh_token']);
    expect(outcome(await refresh(tokens['refresh_token']))).toEqual({ status: 401, code: 'token_reused' });
    expect((await refresh(last['refresh_token'])).status).toBe(401);
  });

  test('another login of the same user goes on', async () => {
    const { username, tokens } = await loggedIn();
    const { body: other } = await logInAs(username);
    await refresh(tokens['refresh_token']);
    await age();
    await refresh(tokens['refresh_token']);
    expect((await refresh(other['refresh_token'])).status).toBe(200);
  });

  test('made-up and ended tokens are refused', async () => {
    const { tokens } = await loggedIn();
    await billing.rows(`update refresh_families set ends_at = now() - interval '1 second' where revoked_at is null`);
    for (const token of ['made-up', tokens['refresh_token']]) {
      const answer = await refresh(token);
      expect(outcome(answer)).toEqual({ status: 401, code: 'refresh_token_invalid' });
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
  });

  test('no token is kept as it is', async () => {
    const { tokens } = await loggedIn();
    const { body: next } = await refresh(tokens['refresh_token']);
    const kept = JSON.stringify(
      await billing.rows('select encode(token_hash, $1) as h, encode(masked_successor, $1) as m from refresh_tokens', [
        'hex',
      ]),
    );
    for (const token of [tokens['refresh_token'], next['refresh_token']]) {
      expect(kept).not.toContain(Buffer.from(String(token), 'base64url').toString('hex'));
    }
  });
});

describe('logging out', () => {
  test('ends the login and nothing else, and says the same of a token that never was', async () => {
    const { username, tokens } = await loggedIn();
    const { body: other } = await logInAs(username);
    expect((await logOut(tokens['refresh_token'])).status).toBe(204);
    expect((await logOut('made-up')).status).toBe(204);
    expect(outcome(await refresh(tokens['refresh_token']))).toEqual({ status: 401, code: 'refresh_token_invalid' });
    expect((await refresh(other['refresh_token'])).status).toBe(200);
  });
});

describe('a disabled user, and one with a new password', () => {
  test.each([{ status: 'disabled' }, { password: 'another river copper 42' }])(
    'is logged out by %p',
    async (change) => {
      const { user, tokens } = await loggedIn();
      expect((await billing.patch(`/v1/users/${user.id}`, change, { role: 'admin' })).status).toBe(200);
      expect(outcome(await refresh(tokens['refresh_token']))).toEqual({ status: 401, code: 'refresh_token_invalid' });
    },
  );
});
