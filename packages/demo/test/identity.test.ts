import { choosePort } from '@tenor/local-stack';
import { startTestSystem, type TestSystem } from '@tenor/testing';
import { connect, created } from '../src/client.ts';
import { lender } from '../src/lender.ts';
import { tellOfALogin } from '../src/login-story.ts';
import { narrator } from '../src/narrator.ts';

const PASSWORD = 'plum river copper 41';
const SECRET = 'a-client-secret-for-tests';
let system: TestSystem;

/** Payment knows nothing of the issuer but where its keys are, and has an identity of its own at billing. */
beforeAll(async () => {
  const port = await choosePort(undefined, []);
  system = await startTestSystem('identity', {
    GATEWAY_PORT: String(port),
    AUTH_JWKS_URL: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    BILLING_CLIENT_ID: 'payment',
    BILLING_CLIENT_SECRET: SECRET,
  });
}, 60_000);
afterAll(() => system?.stop());

const at = (token: string | undefined) => connect(system.url, token);

/** The access token of a new user of this role, by logging in through the gateway. */
async function tokenOf(role: string): Promise<string> {
  const user = { username: `${role}.of.tests`, password: PASSWORD };
  created(await at(system.adminToken).post('/v1/users', { ...user, roles: [role] }), 'the user');
  const tokens = created(await at(undefined).post<{ access_token: string }>('/v1/auth/login', user), 'the login');
  return tokens.access_token;
}

describe('a customer who logs in, through the gateway', () => {
  test('comes out with every check as it must be', async () => {
    const tell = narrator(() => undefined, false);
    await tellOfALogin({ gateway: system.url, officer: lender(at(system.token), 'login'), tell }, 'login');
    expect(tell.failures).toEqual([]);
    expect(tell.checks).toBe(9);
  });
});

describe('one login for both services', () => {
  test('payment takes the tokens that billing gives, by the keys that it publishes', async () => {
    const officer = await tokenOf('officer');
    expect(await at(officer).get('/v1/payments')).toEqual({ data: [], next_cursor: null });
    expect((await at(officer).post('/v1/customers', {})).status).toBe(400);
    for (const token of [undefined, `${officer.slice(0, -8)}AAAAAAAA`]) {
      expect(await at(token).post('/v1/payments', {})).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      });
    }
  });

  test('payment asks billing by its own identity, and is turned away without it', async () => {
    const admin = at(system.adminToken);
    await expect(admin.get('/v1/reconciliation?date=2026-06-01')).rejects.toThrow(/billing_unavailable/);
    const client = { username: 'payment', password: SECRET, roles: ['service'] };
    created(await admin.post('/v1/users', client), 'the service');
    expect(await admin.get('/v1/reconciliation?date=2026-06-01')).toMatchObject({ data: [] });
  });
});
