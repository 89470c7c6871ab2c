import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { decodeJwt } from 'jose';
import { type BillingTest, startBillingTest } from '../harness.ts';

const PASSWORD = 'plum river copper 41';
const admin = { role: 'admin' };
let billing: BillingTest;

beforeAll(async () => {
  billing = await startBillingTest('users');
});
afterAll(() => billing.stop());

const newName = () => `user.${randomUUID().slice(0, 8)}`;
const create = (more: object = {}, options: object = admin) =>
  billing.post('/v1/users', { username: newName(), password: PASSWORD, roles: ['officer'], ...more }, options);
const logIn = (username: unknown, password = PASSWORD) =>
  billing.post('/v1/auth/login', { username, password }, { role: null });
const outcome = ({ status, body }: { status: number; body: { code?: string } }) => ({ status, code: body.code });

describe('users', () => {
  test('are made by an administrator with any roles, and log in with them', async () => {
    const { status, headers, body } = await create({ roles: ['officer', 'auditor'], email: 'bo@example.com' });
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/users/${body.id}`);
    const { body: tokens } = await logIn(body['username']);
    expect(decodeJwt(String(tokens['access_token']))['roles']).toEqual(['officer', 'auditor']);
    expect((await billing.get(`/v1/users/${body.id}`, admin)).body).toEqual(body);
  });

  test.each(['officer', 'auditor', 'service', 'customer'])('are made by no %s', async (role) => {
    expect(outcome(await create({}, { role }))).toEqual({ status: 403, code: 'forbidden' });
  });

  test('are made once for one key, whatever the password says, of which no hash is kept', async () => {
    const options = { role: 'admin', key: randomUUID() };
    const command = { username: newName(), roles: ['officer'] };
    const first = await billing.post('/v1/users', { ...command, password: PASSWORD }, options);
    const again = await billing.post('/v1/users', { ...command, password: 'another river copper 42' }, options);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    expect((await logIn(command.username)).status).toBe(200);
  });

  test('of one name are refused, and of no role, an unknown one or an unknown customer', async () => {
    const username = newName();
    await create({ username });
    expect(outcome(await create({ username: username.toUpperCase() }))).toEqual({
      status: 409,
      code: 'already_exists',
    });
    for (const more of [{ roles: [] }, { roles: ['owner'] }, { customer_id: randomUUID() }, { password: 'short' }]) {
      expect(outcome(await create(more))).toEqual({ status: 400, code: 'validation_failed' });
    }
  });

  test('are changed by version: roles, customer, e-mail, status and password', async () => {
    const { body } = await create();
    const url = `/v1/users/${body.id}`;
    const customerId = await billing.customer();
    const change = {
      roles: ['customer'],
      customer_id: customerId,
      email: 'new@example.com',
      password: 'another river 42',
    };
    const changed = await billing.patch(url, change, { ...admin, headers: { 'if-match': '"1"' } });
    expect(changed.body).toMatchObject({
      roles: ['customer'],
      customer_id: customerId,
      email: 'new@example.com',
      version: 2,
    });
    expect(outcome(await billing.patch(url, change, { ...admin, headers: { 'if-match': '"1"' } }))).toEqual({
      status: 409,
      code: 'version_conflict',
    });
    expect((await logIn(body['username'])).status).toBe(401);
    const { body: tokens } = await logIn(body['username'], 'another river 42');
    expect(decodeJwt(String(tokens['access_token']))).toMatchObject({ roles: ['customer'], customer_id: customerId });
    expect(outcome(await billing.patch(`/v1/users/${randomUUID()}`, change, admin))).toEqual({
      status: 404,
      code: 'not_found',
    });
  });

  test('are listed by pages, and found by name in either case and by status', async () => {
    const username = newName();
    const { body } = await create({ username });
    await create();
    await billing.patch(`/v1/users/${body.id}`, { status: 'disabled' }, admin);
    const ids = async (query: string) =>
      (await billing.get(`/v1/users?${query}`, { role: 'auditor' })).body.data.map(({ id }) => id);
    expect(await ids(`username=${username.toUpperCase()}`)).toEqual([body.id]);
    expect(await ids(`username=${username}&status=active`)).toEqual([]);
    expect(await ids('status=disabled')).toContain(body.id);
    const page = await billing.get('/v1/users?limit=1', admin);
    const next = await billing.get(`/v1/users?limit=1&cursor=${page.body.next_cursor}`, admin);
    expect(next.body.data[0]?.id).not.toBe(page.body.data[0]?.id);
  });
});

describe('client credentials', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const ask = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    billing.post('/v1/auth/token', new URLSearchParams(fields).toString(), {
      role: null,
      headers: { ...form, ...headers },
    });
  const grant = { grant_type: 'client_credentials' };

  test('give a service a token, by the form or by basic authentication', async () => {
    const { body } = await create({ roles: ['service'], password: 'a secret: of & services' });
    const client = { client_id: String(body['username']), client_secret: 'a secret: of & services' };
    const basic = Buffer.from(`${client.client_id}:${encodeURIComponent(client.client_secret)}`).toString('base64');
    const answers = [
      await ask({ ...grant, ...client, scope: 'all' }),
      await ask(grant, { authorization: `Basic ${basic}` }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 900 });
      expect(decodeJwt(String(answer.body['access_token']))).toMatchObject({ sub: body.id, roles: ['service'] });
    }
  });

  test('give none to other users, for a wrong secret, or without one', async () => {
    const { body: officer } = await create();
    const { body: service } = await create({ roles: ['service'] });
    const tries = [
      { client_id: String(officer['username']), client_secret: PASSWORD },
      { client_id: String(service['username']), client_secret: 'wrong' },
      {},
    ];
    for (const each of tries) {
      const answer = await ask({ ...grant, ...each } as Record<string, string>);
      expect(outcome(answer)).toEqual({ status: 401, code: 'credentials_invalid' });
    }
  });

  test('are the only grant, and a form the only body', async () => {
    expect(outcome(await ask({ grant_type: 'password' }))).toEqual({ status: 400, code: 'validation_failed' });
    const twice = await billing.post('/v1/auth/token', 'grant_type=a&grant_type=b', { role: null, headers: form });
    expect(outcome(twice)).toEqual({ status: 400, code: 'malformed_request' });
    expect((await billing.post('/v1/auth/token', grant, { role: null })).status).toBe(415);
  });
});

describe('create-admin', () => {
  const script = fileURLToPath(new URL('../../src/create-admin.ts', import.meta.url));
  function run(environment: Record<string, string>, input: string) {
    const { DATABASE_URL, EXTERNAL_REF_KEY } = billing.environment;
    return new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const env = { PATH: process.env['PATH'], DATABASE_URL, EXTERNAL_REF_KEY, ...environment };
      const child = execFile(process.execPath, [script], { env }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
      child.stdin?.end(input);
    });
  }

  test('makes the first administrator, by a password from standard input, and leaves one who exists alone', async () => {
    const username = newName();
    expect(await run({ NEW_USERNAME: username }, `${PASSWORD}\n`)).toMatchObject({ code: 0, err: '' });
    const { body: tokens } = await logIn(username);
    const asAdmin = { role: null, headers: { authorization: `Bearer ${tokens['access_token']}` } };
    expect((await create({}, asAdmin)).status).toBe(201);
    const again = await run({ NEW_USERNAME: username, NEW_PASSWORD: 'another river copper 42' }, '');
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('exists already') });
    expect((await logIn(username)).status).toBe(200);
  });

  test('refuses a weak password, and a name that another user has', async () => {
    const username = newName();
    expect(await run({ NEW_USERNAME: username, NEW_PASSWORD: 'password1234' }, '')).toMatchObject({ code: 1, out: '' });
    await create({ username });
    const taken = await run({ NEW_USERNAME: username, NEW_PASSWORD: PASSWORD }, '');
    expect(taken).toMatchObject({ code: 1, err: expect.stringContaining('exists already') });
    expect(JSON.stringify(taken)).not.toContain(PASSWORD);
  });
});

describe('an outside issuer', () => {
  test('has the users: there are none here', async () => {
    const routes = ['/v1/auth/login', '/v1/auth/register', '/v1/auth/token', '/v1/users'];
    const { jwksFile } = (await import('@tenor/testing')).testIssuer();
    const other = await startBillingTest('outside_issuer', { AUTH_SIGNING_KEYS_FILE: '', AUTH_JWKS_FILE: jwksFile });
    try {
      for (const route of routes) expect((await other.post(route, {}, admin)).status).toBe(404);
      expect((await other.get('/.well-known/jwks.json', admin)).status).toBe(404);
      expect((await other.get('/v1/products', admin)).status).toBe(200);
    } finally {
      await other.stop();
    }
  });
});
