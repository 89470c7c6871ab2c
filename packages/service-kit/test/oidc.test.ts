import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { Type } from 'typebox';
import {
  type App,
  type ClientTokenOptions,
  clientToken,
  createAuthenticator,
  discoverJwksUri,
  isRefusal,
  remoteKeys,
} from '../src/index.ts';
import { testApp } from './app-fixture.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';

const CLIENT = { client_id: 'payment', client_secret: 'a client-secret: for tests & more' };

const privateKey = (kid: string) => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid,
  alg: 'RS256',
  use: 'sig',
});
type PrivateKey = ReturnType<typeof privateKey>;

/** An OpenID provider that gives JWTs for `audience`, with roles where Keycloak puts them. */
function providerOf(issuer: string, keys: readonly PrivateKey[], audience = 'tenor') {
  return new Provider(issuer, {
    jwks: { keys: keys as never },
    clients: [{ ...CLIENT, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:tenor',
        getResourceServerInfo: () => ({ scope: '', audience, accessTokenFormat: 'jwt', accessTokenTTL: 300 }),
      },
    },
    extraTokenClaims: () => ({ realm_access: { roles: ['officer'] } }),
  }).callback();
}

let server: HttpServer;
let app: App;
const first = privateKey('first');

beforeAll(async () => {
  // The provider tells at length that it is not set up for production.
  Object.assign(console, { info: () => undefined, warn: () => undefined });
  server = await startHttpServer((_request, response) => response.writeHead(503).end());
  server.answer(providerOf(server.url, [first]));
  const config = {
    AUTH_REQUIRED: true,
    AUTH_ISSUER: server.url,
    AUTH_AUDIENCE: 'tenor',
    AUTH_OIDC: true,
    AUTH_ROLES_CLAIM: 'realm_access.roles',
  };
  ({ app } = await testApp({ config }, (given) =>
    given.get(
      '/read',
      {
        config: { permission: 'reports:read' },
        schema: { response: { 200: Type.Object({ id: Type.String(), roles: Type.Array(Type.String()) }) } },
      },
      async ({ caller }) => ({ id: caller.id, roles: [...caller.roles] }),
    ),
  ));
});
afterAll(async () => {
  await app.close();
  await server.stop();
});

const tokens = (more: Partial<ClientTokenOptions> = {}) =>
  clientToken({
    url: `${server.url}/token`,
    clientId: CLIENT.client_id,
    clientSecret: CLIENT.client_secret,
    ...more,
  });

describe('an OpenID provider', () => {
  test('gives tokens that the API takes: found by discovery, with its roles, for our audience', async () => {
    const authorization = `Bearer ${await tokens().token()}`;
    const answer = await app.inject({ url: '/read', headers: { authorization } });
    expect({ status: answer.statusCode, body: answer.json() }).toEqual({
      status: 200,
      body: { id: 'payment', roles: ['officer'] },
    });
  });

  test('gives tokens for others that the API does not take', async () => {
    server.answer(providerOf(server.url, [first], 'somebody-else'));
    const authorization = `Bearer ${await tokens().token()}`;
    const answer = await app.inject({ url: '/read', headers: { authorization } });
    expect({ status: answer.statusCode, detail: answer.json().detail }).toEqual({
      status: 401,
      detail: 'The claim aud of the token is not accepted.',
    });
  });

  test('changes its keys: the new ones are fetched when the first token comes that they signed', async () => {
    let now = 0;
    const keys = remoteKeys({ locate: () => discoverJwksUri(server.url), elapsedMs: () => now });
    const audience = 'tenor';
    const { authenticate } = createAuthenticator({ required: true, issuer: server.url, audience, keys });
    const taken = async () => !isRefusal(await authenticate(`Bearer ${await tokens().token()}`));
    server.answer(providerOf(server.url, [first]));
    expect(await taken()).toBe(true);
    server.answer(providerOf(server.url, [privateKey('second'), first]));
    expect(await taken()).toBe(false);
    now += 10_000;
    expect(await taken()).toBe(true);
  });
});

describe("a service's own tokens", () => {
  test('are kept until shortly before their end, and shared by requests that come at once', async () => {
    server.answer(providerOf(server.url, [first]));
    let now = 0;
    const source = tokens({ elapsedMs: () => now });
    const before = server.count('/token');
    const given = await Promise.all(Array.from({ length: 10 }, () => source.token()));
    now += 269_000;
    given.push(await source.token());
    expect(new Set(given).size).toBe(1);
    now += 2_000;
    expect(await source.token()).not.toBe(given[0]);
    expect(server.count('/token') - before).toBe(2);
  });

  test('are got anew when one was refused', async () => {
    const source = tokens();
    const token = await source.token();
    source.refused();
    expect(await source.token()).not.toBe(token);
  });

  test('are not had with a wrong secret', async () => {
    await expect(tokens({ clientSecret: 'another secret' }).token()).rejects.toThrow('401');
  });
});
