import { createTestTenant, eventually, type TestTenant } from '@tenor/testing';
import { Type } from 'typebox';
import {
  type App,
  createRateLimits,
  type Database,
  type DatabaseOptions,
  kitMigration,
  migrate,
  openDatabase,
  purgeOld,
  type RateLimitConfig,
  rateLimitsMigration,
  refuse,
} from '../src/index.ts';
import { rateLimitPurge } from '../src/rate-limit-store.ts';
import { logLines, testApp, testIssuer } from './app-fixture.ts';

const none: RateLimitConfig = {
  RATE_LIMIT_PER_MINUTE: 0,
  RATE_LIMIT_SERVICE_PER_MINUTE: 0,
  LOGIN_LIMIT_PER_USER: 0,
  LOGIN_LIMIT_PER_ADDRESS: 0,
};
/** A minute must not end while a test counts. */
const NOW_MS = 60_000 * 29_000_000 + 20_000;
const secret = 'a-key-for-tests-only-0123456789abcdef';

function routes(app: App): void {
  const read = { permission: 'reports:read' } as const;
  app.get('/v1/loans', { config: read, schema: { response: { 200: Type.Object({}) } } }, async () => ({}));
  const Login = Type.Object({ username: Type.String(), password: Type.String() });
  const usernameOf = ({ body }: { body: unknown }) => (body as { username: string }).username;
  app.post(
    '/v1/auth/login',
    {
      config: { permission: 'public', limit: 'login', limitBy: usernameOf },
      schema: { body: Login, response: { 200: Type.Object({}) } },
    },
    async ({ body }) => (body.password === 'right' ? {} : refuse('unauthenticated', 'No.')),
  );
  app.post(
    '/v1/auth/register',
    {
      config: { permission: 'public', limit: 'registration' },
      schema: { body: Login, response: { 200: Type.Object({}) } },
    },
    async () => ({}),
  );
}

let tenant: TestTenant;
let options: DatabaseOptions;
let database: Database;
let issuer: Awaited<ReturnType<typeof testIssuer>>;
const opened: App[] = [];

beforeAll(async () => {
  tenant = await createTestTenant('rate-limits');
  options = {
    url: tenant.billingUrl,
    schema: 'billing',
    poolSize: 4,
    applicationName: 'rate-limits',
    migrations: [kitMigration('billing'), rateLimitsMigration('billing')],
  };
  database = await openDatabase(options);
  await migrate(database);
  issuer = await testIssuer();
});
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
  await sql('truncate billing.rate_limits');
});
afterAll(async () => {
  await issuer.remove();
  await database.close();
  await tenant.drop();
});

/** A replica: an app with limits of its own on a shared database. */
async function replica(config: Partial<RateLimitConfig>, given: Database = database) {
  const { logger, lines } = logLines('warn');
  const { app } = await testApp(
    {
      config: {
        AUTH_REQUIRED: true,
        AUTH_ISSUER: 'tenor-test',
        AUTH_AUDIENCE: 'tenor',
        AUTH_JWKS_FILE: issuer.jwksFile,
        TRUSTED_PROXIES: ['10.0.0.0/8'],
      },
      rateLimits: createRateLimits({ ...none, ...config }, { database: given, logger, secret, nowMs: () => NOW_MS }),
    },
    routes,
  );
  opened.push(app);
  return { app, lines };
}

const sql = <Row>(text: string): Promise<Row[]> => database.dataSource.query(text);
const bearer = async (sub: string, ...roles: string[]) => ({
  authorization: `Bearer ${await issuer.key.sign({ sub, roles })}`,
});
const statuses = async (count: number, ask: (index: number) => Promise<{ statusCode: number }>) => {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await ask(index)).statusCode);
  return seen;
};
const login = (app: App, username: string, password = 'wrong', remoteAddress = '192.0.2.1') =>
  app.inject({ method: 'POST', url: '/v1/auth/login', payload: { username, password }, remoteAddress });

describe('a limit on requests', () => {
  test('is told on each answer, and refuses what goes beyond with the time to wait', async () => {
    const { app } = await replica({ RATE_LIMIT_PER_MINUTE: 2 });
    const headers = await bearer('ana', 'officer');
    const first = await app.inject({ url: '/v1/loans', headers });
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"requests";q=2;w=60',
      ratelimit: '"requests";r=1;t=40',
    });
    await app.inject({ url: '/v1/loans', headers });
    const refused = await app.inject({ url: '/v1/loans', headers });
    expect(refused.json()).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': '40',
      'ratelimit-policy': '"requests";q=2;w=60',
      ratelimit: '"requests";r=0;t=40',
    });
    expect(refused.json()).not.toHaveProperty('meta');
  });

  test('is of the user behind a token, wherever it asks from, refused by permission or not', async () => {
    const { app } = await replica({ RATE_LIMIT_PER_MINUTE: 2 });
    const ana = await bearer('ana', 'officer');
    const ask = (headers: Record<string, string>) => (index: number) =>
      app.inject({ url: '/v1/loans', headers, remoteAddress: `192.0.2.${index}` });
    expect(await statuses(3, ask(ana))).toEqual([200, 200, 429]);
    expect(await statuses(3, ask(await bearer('ben', 'nobody')))).toEqual([403, 403, 429]);
    const both = (headers: Record<string, string>) => app.inject({ url: '/v1/loans', headers });
    expect((await both(await bearer('cid', 'officer'))).statusCode).toBe(200);
  });

  test('is of the address without a valid token, of IPv6 of the /64, before the token is refused', async () => {
    const { app } = await replica({ RATE_LIMIT_PER_MINUTE: 2 });
    const headers = { authorization: 'Bearer made-up' };
    const ask = (addresses: readonly string[]) =>
      statuses(addresses.length, (index) =>
        app.inject({ url: '/v1/loans', headers, remoteAddress: addresses[index] ?? '' }),
      );
    expect(await ask(['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'])).toEqual([401, 401, 429, 401]);
    expect(await ask(['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1'])).toEqual([401, 401, 429, 401]);
  });

  test('believes X-Forwarded-For of a trusted proxy only', async () => {
    const { app } = await replica({ RATE_LIMIT_PER_MINUTE: 2 });
    const ask = (remoteAddress: string) => (index: number) =>
      app.inject({ url: '/v1/loans', remoteAddress, headers: { 'x-forwarded-for': `203.0.113.${index}` } });
    expect(await statuses(3, ask('192.0.2.1'))).toEqual([401, 401, 429]);
    expect(await statuses(3, ask('10.1.2.3'))).toEqual([401, 401, 401]);
    const through = (forwarded: string) =>
      app.inject({ url: '/v1/loans', remoteAddress: '10.1.2.3', headers: { 'x-forwarded-for': forwarded } });
    // What stands before the address that the proxy saw is the client's own word.
    expect(await statuses(3, (index) => through(`198.51.100.${index}, 203.0.113.9`))).toEqual([401, 401, 429]);
  });

  test('leaves role service and probes alone unless told', async () => {
    const { app } = await replica({ RATE_LIMIT_PER_MINUTE: 1 });
    const headers = await bearer('payment', 'service');
    const ask = () => app.inject({ url: '/v1/loans', headers });
    expect(await statuses(3, ask)).toEqual([200, 200, 200]);
    expect((await ask()).headers).not.toHaveProperty('ratelimit');
    expect(await statuses(3, () => app.inject('/livez'))).toEqual([200, 200, 200]);
    const told = await replica({ RATE_LIMIT_SERVICE_PER_MINUTE: 2 });
    expect(await statuses(3, () => told.app.inject({ url: '/v1/loans', headers }))).toEqual([200, 200, 429]);
  });

  test('is shared by two replicas, and stored under names that tell nobody', async () => {
    const config = { RATE_LIMIT_PER_MINUTE: 20 };
    const [first, second] = [await replica(config), await replica(config, database)];
    const headers = await bearer('ana', 'officer');
    const ask = (app: App) => () => app.inject({ url: '/v1/loans', headers });
    const told = (points: number) =>
      eventually(async () => {
        expect(await sql('select max(points) as points from billing.rate_limits')).toEqual([{ points }]);
      });
    expect(await statuses(12, ask(first.app))).toEqual(Array(12).fill(200));
    await told(12);
    expect(await statuses(1, ask(second.app))).toEqual([200]);
    await told(13);
    expect(await statuses(9, ask(second.app))).toEqual([...Array(7).fill(200), 429, 429]);
    const rows = await sql<{ key: string }>('select key from billing.rate_limits');
    expect(rows.map(({ key }) => key)).toContainEqual(expect.stringMatching(/^requests:[\w-]{43}$/));
  });

  test('makes no statement for a caller who asks little', async () => {
    const statements: string[] = [];
    const query: Database['query'] = (asked, values) => {
      statements.push(asked.name);
      return database.background.query(asked, values);
    };
    const watched = { ...database, query, background: { ...database.background, query } };
    const { app } = await replica({ RATE_LIMIT_PER_MINUTE: 1_000 }, watched);
    const headers = await bearer('ana', 'officer');
    await statuses(49, () => app.inject({ url: '/v1/loans', headers }));
    expect(statements).toEqual([]);
    await statuses(1, () => app.inject({ url: '/v1/loans', headers }));
    expect(statements).toEqual(['rate_limits:rlflx-upsert']);
  });

  test('is granted by each replica alone without the database, and said in the log once', async () => {
    const gone = await openDatabase(options);
    await gone.close();
    const { app, lines } = await replica(
      { RATE_LIMIT_PER_MINUTE: 20, LOGIN_LIMIT_PER_USER: 2, LOGIN_LIMIT_PER_ADDRESS: 9 },
      gone,
    );
    const headers = await bearer('ana', 'officer');
    const seen = await statuses(22, () => app.inject({ url: '/v1/loans', headers }));
    expect(seen).toEqual([...Array(20).fill(200), 429, 429]);
    expect(lines.map(({ msg }) => msg)).toEqual(['rate limits are not shared at the moment']);
    expect(await statuses(3, () => login(app, 'ana'))).toEqual([401, 401, 429]);
  });

  test('leaves no rows behind whose time is over', async () => {
    await sql(
      `insert into billing.rate_limits values ('old', 1, (extract(epoch from now()) * 1000)::bigint - 1),
         ('new', 1, (extract(epoch from now()) * 1000)::bigint + 60000)`,
    );
    await purgeOld(database, { purges: [rateLimitPurge] });
    expect(await sql('select key from billing.rate_limits')).toEqual([{ key: 'new' }]);
  });
});

describe('a limit on attempts', () => {
  test('refuses a user name after its failures, at all replicas and from all addresses, in any case', async () => {
    const config = { LOGIN_LIMIT_PER_USER: 3 };
    const [first, second] = [await replica(config), await replica(config)];
    expect(await statuses(2, () => login(first.app, 'Ana'))).toEqual([401, 401]);
    expect((await login(second.app, 'ana', 'wrong', '192.0.2.2')).statusCode).toBe(401);
    const refused = await login(second.app, 'ANA', 'right', '192.0.2.3');
    expect(refused.json()).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(refused.headers).toMatchObject({
      'retry-after': expect.stringMatching(/^\d+$/),
      'ratelimit-policy': '"attempts";q=3;w=900',
    });
    expect((await login(first.app, 'ben')).statusCode).toBe(401);
  });

  test('counts no login that succeeds', async () => {
    const { app } = await replica({ LOGIN_LIMIT_PER_USER: 2, LOGIN_LIMIT_PER_ADDRESS: 2 });
    const counted = () => sql<{ points: number }>('select points from billing.rate_limits');
    expect(await statuses(5, () => login(app, 'ana', 'right'))).toEqual([200, 200, 200, 200, 200]);
    await login(app, 'ana');
    await eventually(async () => (await counted()).every(({ points }) => points === 1));
    expect(await counted()).toHaveLength(2);
  });

  test('lets no more pass at once than it would one after another', async () => {
    const { app } = await replica({ LOGIN_LIMIT_PER_USER: 3 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => login(app, 'ana')));
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(3);
  });

  test('refuses an address that tries many names, and then counts nothing against a name', async () => {
    const { app } = await replica({ LOGIN_LIMIT_PER_ADDRESS: 3, LOGIN_LIMIT_PER_USER: 1 });
    expect(await statuses(4, (index) => login(app, `user-${index}`))).toEqual([401, 401, 401, 429]);
    expect((await login(app, 'user-3', 'right', '192.0.2.2')).statusCode).toBe(200);
  });

  test('counts every registration of an address', async () => {
    const { app } = await replica({ LOGIN_LIMIT_PER_ADDRESS: 2 });
    const register = () =>
      app.inject({ method: 'POST', url: '/v1/auth/register', payload: { username: 'a', password: 'b' } });
    expect(await statuses(3, register)).toEqual([200, 200, 429]);
  });
});
