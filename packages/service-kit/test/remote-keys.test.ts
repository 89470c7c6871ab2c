import { createAuthenticator, discoverJwksUri, keySourceOf, remoteKeys } from '../src/index.ts';
import { testIssuer } from './app-fixture.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';

const COOL_DOWN_MS = 10_000;
const MINUTE_MS = 60_000;
let issuer: Awaited<ReturnType<typeof testIssuer>>;
let server: HttpServer;
let now = 0;
let published: unknown[] = [];

beforeAll(async () => {
  issuer = await testIssuer();
  server = await startHttpServer((_request, response) => response.end(JSON.stringify({ keys: published })));
});
afterAll(async () => {
  await server.stop();
  await issuer.remove();
});
beforeEach(() => {
  published = [issuer.key.jwk];
  server.answer((_request, response) => response.end(JSON.stringify({ keys: published })));
});

function authenticator() {
  const locate = async () => `${server.url}/keys`;
  const keys = remoteKeys({ locate, elapsedMs: () => now });
  const { authenticate } = createAuthenticator({ required: true, issuer: 'tenor-test', audience: 'tenor', keys });
  /** The caller's id, or the code of the refusal. */
  return async (token: string) => {
    const outcome = await authenticate(`Bearer ${token}`);
    return 'refused' in outcome ? outcome.refused : outcome.id;
  };
}
const down = () => server.answer((_request, response) => response.writeHead(500).end());

describe('keys at a URL', () => {
  test('are fetched once for any number of requests, and again when they are old', async () => {
    const who = authenticator();
    const token = await issuer.key.sign({});
    const before = server.count('/keys');
    await Promise.all(Array.from({ length: 20 }, () => who(token)));
    now += 9 * MINUTE_MS;
    expect(await who(token)).toBe('officer-1');
    expect(server.count('/keys') - before).toBe(1);
    now += 2 * MINUTE_MS;
    expect(await who(token)).toBe('officer-1');
    expect(server.count('/keys') - before).toBe(2);
  });

  test('an unknown key is looked for at once, but then no more often than the cool-down allows', async () => {
    const who = authenticator();
    await who(await issuer.key.sign({}));
    now += COOL_DOWN_MS;
    const before = server.count('/keys');
    const next = await issuer.newKey('key-2');
    published = [issuer.key.jwk, next.jwk];
    expect(await who(await next.sign({}))).toBe('officer-1');
    const made = await issuer.newKey('made-up');
    for (let count = 0; count < 20; count += 1) expect(await who(await made.sign({}))).toBe('unauthenticated');
    expect(server.count('/keys') - before).toBe(1);
    now += COOL_DOWN_MS;
    await who(await made.sign({}));
    expect(server.count('/keys') - before).toBe(2);
    expect(await who(await issuer.key.sign({}))).toBe('officer-1');
  });

  test('hold for an hour while the issuer is down, and no longer', async () => {
    const who = authenticator();
    const token = () => issuer.key.sign({});
    await who(await token());
    down();
    now += 59 * MINUTE_MS;
    expect(await who(await token())).toBe('officer-1');
    now += 2 * MINUTE_MS;
    expect(await who(await token())).toBe('service_unavailable');
  });

  test('without any, requests are told to come again, and the issuer is asked once in a while', async () => {
    const who = authenticator();
    down();
    const before = server.count('/keys');
    for (let count = 0; count < 5; count += 1) {
      expect(await who(await issuer.key.sign({}))).toBe('service_unavailable');
    }
    expect(server.count('/keys') - before).toBe(1);
    server.answer((_request, response) => response.end(JSON.stringify({ keys: published })));
    now += 1_000;
    expect(await who(await issuer.key.sign({}))).toBe('officer-1');
  });

  test.each([
    { because: 'it is no JWKS', body: '{}' },
    { because: 'it is no JSON', body: '<html>' },
    { because: 'it is endless', body: 'x'.repeat(300_000) },
  ])('an answer is not taken when $because', async ({ body }) => {
    const who = authenticator();
    server.answer((_request, response) => response.end(body));
    expect(await who(await issuer.key.sign({}))).toBe('service_unavailable');
  });
});

describe('a discovery document', () => {
  test.each([
    { because: 'it is of another issuer', document: { issuer: 'https://elsewhere', jwks_uri: 'https://x/jwks' } },
    { because: 'it names no keys', document: {} },
    { because: 'its keys are no address', document: { jwks_uri: 'file:///etc/passwd' } },
  ])('is not taken when $because', async ({ document }) => {
    server.answer((_request, response) => response.end(JSON.stringify({ issuer: server.url, ...document })));
    await expect(discoverJwksUri(server.url)).rejects.toThrow(/discovery document/);
  });
});

describe('the configuration of keys', () => {
  test.each([
    { AUTH_JWKS_FILE: '/x', AUTH_JWKS_URL: 'https://x/jwks' },
    { AUTH_JWKS_URL: 'https://x/jwks', AUTH_OIDC: true },
    { AUTH_OIDC: true },
  ])('%p is refused', (config) => {
    expect(() => keySourceOf({ AUTH_ISSUER: 'tenor', ...config })).toThrow(/AUTH_OIDC/);
  });
});
