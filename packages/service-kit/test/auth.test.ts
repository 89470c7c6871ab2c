import { utimes } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { Type } from 'typebox';
import { type App, createAuthenticator, fileKeys, isRefusal } from '../src/index.ts';
import { testApp, testIssuer } from './app-fixture.ts';

type Issuer = Awaited<ReturnType<typeof testIssuer>>;

function routes(app: App): void {
  const response = { 200: Type.Object({ id: Type.String(), roles: Type.Array(Type.String()) }) };
  const register = (url: string, permission: 'reports:read' | 'loans:write' | 'dead_letters:write' | 'public') =>
    app.get(url, { config: { permission }, schema: { response } }, async ({ caller }) => ({
      id: caller.id,
      roles: [...caller.roles],
    }));
  register('/read', 'reports:read');
  register('/write', 'loans:write');
  register('/admin', 'dead_letters:write');
  register('/public', 'public');
}

describe('with tokens asked for', () => {
  let issuer: Issuer;
  let app: App;
  beforeAll(async () => {
    issuer = await testIssuer();
    const config = {
      AUTH_REQUIRED: true,
      AUTH_ISSUER: 'tenor-test',
      AUTH_AUDIENCE: 'tenor',
      AUTH_JWKS_FILE: issuer.jwksFile,
    };
    ({ app } = await testApp({ config }, routes));
  });
  afterAll(async () => {
    await app.close();
    await issuer.remove();
  });

  const get = (url: string, authorization?: string) =>
    app.inject({ url, headers: authorization === undefined ? {} : { authorization } });

  test.each<{ roles: unknown; allowed: string[] }>([
    { roles: ['admin'], allowed: ['/read', '/write', '/admin'] },
    { roles: ['officer'], allowed: ['/read', '/write'] },
    { roles: ['auditor'], allowed: ['/read'] },
    { roles: ['service'], allowed: ['/read', '/write'] },
    { roles: ['customer'], allowed: [] },
    { roles: ['owner', '__proto__'], allowed: [] },
    { roles: 'admin', allowed: [] },
    { roles: undefined, allowed: [] },
  ])('roles $roles may $allowed', async ({ roles, allowed }) => {
    const token = await issuer.key.sign(roles === undefined ? {} : { roles });
    for (const url of ['/read', '/write', '/admin']) {
      const answer = await get(url, `Bearer ${token}`);
      const expected = allowed.includes(url) ? { status: 200, code: undefined } : { status: 403, code: 'forbidden' };
      expect({ status: answer.statusCode, code: answer.json().code }).toEqual(expected);
    }
  });

  test('a public route asks nobody, and a path without a route is not found before it is forbidden', async () => {
    expect((await get('/public')).json()).toEqual({ id: 'anonymous', roles: [] });
    expect((await get('/nothing')).statusCode).toBe(404);
  });

  test.each(['/livez', '/readyz', '/metrics', '/openapi.json', '/docs', '/docs/json', '/docs/static/swagger-ui.css'])(
    '%s needs no token',
    async (url) => expect((await get(url)).statusCode).toBe(200),
  );

  test('without a token the answer says how to authenticate', async () => {
    const answer = await get('/read');
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({ status: 401, code: 'unauthenticated' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="tenor"');
  });

  test('a bad token is told from none', async () => {
    const answer = await get('/read', 'Bearer a.b.c');
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  test.each([
    {
      because: 'it has expired',
      token: (i: Issuer) => i.key.sign({ roles: ['admin'] }, Math.floor(Date.now() / 1000) - 60),
    },
    { because: 'another issuer made it', token: (i: Issuer) => i.key.sign({ roles: ['admin'], iss: 'elsewhere' }) },
    { because: 'it is for another audience', token: (i: Issuer) => i.key.sign({ roles: ['admin'], aud: 'elsewhere' }) },
    { because: 'it names nobody', token: (i: Issuer) => i.key.sign({ roles: ['admin'], sub: '' }) },
    {
      because: 'its key is not in the file',
      token: async (i: Issuer) => (await i.newKey('key-1')).sign({ roles: ['admin'] }),
    },
    {
      because: 'it is unsigned',
      token: async () => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
        return `${part({ alg: 'none' })}.${part({ sub: 'x', iss: 'tenor-test', aud: 'tenor', exp: 9e9, roles: ['admin'] })}.`;
      },
    },
    ...['RS256', 'HS256'].map((alg) => ({
      because: `a public key passed for a secret, as ${alg} says`,
      token: (i: Issuer) =>
        new SignJWT({ sub: 'x', iss: 'tenor-test', aud: 'tenor', roles: ['admin'] })
          .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
          .setExpirationTime('5m')
          .sign(Buffer.from(String(i.key.jwk.x), 'base64url'))
          .then((signed) => {
            const head = Buffer.from(JSON.stringify({ alg, kid: 'key-1' })).toString('base64url');
            return signed.replace(/^[^.]+/, alg === 'HS256' ? '$&' : head);
          }),
    })),
    {
      because: 'its claims were changed after signing',
      token: async (i: Issuer) => {
        const [head, , signature] = (await i.key.sign({ roles: ['auditor'] })).split('.');
        const claims = Buffer.from(
          JSON.stringify({ sub: 'x', iss: 'tenor-test', aud: 'tenor', exp: 9e9, roles: ['admin'] }),
        );
        return `${head}.${claims.toString('base64url')}.${signature}`;
      },
    },
    { because: 'it is endless', token: async () => 'x'.repeat(9000) },
  ])('a token is refused when $because', async ({ token }) => {
    const answer = await get('/read', `Bearer ${await token(issuer)}`);
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({ status: 401, code: 'unauthenticated' });
  });

  test('another scheme is refused', async () => {
    expect((await get('/read', 'Basic YTpi')).statusCode).toBe(401);
  });
});

describe('without tokens asked for', () => {
  test('a request without one acts as an anonymous admin, and one that is sent is checked all the same', async () => {
    const issuer = await testIssuer();
    const config = {
      AUTH_REQUIRED: false,
      AUTH_ISSUER: 'tenor-test',
      AUTH_AUDIENCE: 'tenor',
      AUTH_JWKS_FILE: issuer.jwksFile,
    };
    const { app } = await testApp({ config }, routes);
    expect((await app.inject('/admin')).json()).toEqual({ id: 'anonymous', roles: ['admin', 'service'] });
    const bad = await app.inject({ url: '/read', headers: { authorization: 'Bearer nonsense' } });
    expect(bad.statusCode).toBe(401);
    const authorization = `Bearer ${await issuer.key.sign({ roles: ['auditor'], sub: 'a-1' })}`;
    expect((await app.inject({ url: '/read', headers: { authorization } })).json()).toEqual({
      id: 'a-1',
      roles: ['auditor'],
    });
    expect((await app.inject({ url: '/write', headers: { authorization } })).statusCode).toBe(403);
    await app.close();
    await issuer.remove();
  });

  test('a token that nothing here can check is refused', async () => {
    const { app } = await testApp({}, routes);
    const answer = await app.inject({ url: '/read', headers: { authorization: 'Bearer a.b.c' } });
    expect(answer.statusCode).toBe(401);
    await app.close();
  });
});

describe('the claim of roles', () => {
  test.each([
    { claim: 'realm_access.roles', claims: { realm_access: { roles: ['officer'] } }, roles: ['officer'] },
    {
      claim: 'https://tenor.example/roles',
      claims: { 'https://tenor.example/roles': ['auditor'] },
      roles: ['auditor'],
    },
    { claim: 'realm_access.roles', claims: { realm_access: 'officer', roles: ['admin'] }, roles: [] },
    { claim: 'constructor.name', claims: {}, roles: [] },
  ])('$claim names $roles', async ({ claim, claims, roles }) => {
    const issuer = await testIssuer();
    const keys = fileKeys(issuer.jwksFile);
    const named = { issuer: 'tenor-test', audience: 'tenor', rolesClaim: claim };
    const { authenticate } = createAuthenticator({ required: true, ...named, keys });
    expect(await authenticate(`Bearer ${await issuer.key.sign(claims)}`)).toEqual({ id: 'officer-1', roles });
    await issuer.remove();
  });
});

describe('the key file', () => {
  test('is read again when it changes, and a broken one leaves the old keys in force', async () => {
    const issuer = await testIssuer();
    const { authenticate } = createAuthenticator({
      required: true,
      issuer: 'tenor-test',
      audience: 'tenor',
      keys: fileKeys(issuer.jwksFile),
    });
    const old = `Bearer ${await issuer.key.sign({ customer_id: 'c-1' })}`;
    expect(await authenticate(old)).toEqual({ id: 'officer-1', roles: [], customerId: 'c-1' });

    const next = await issuer.newKey('key-2');
    const fresh = `Bearer ${await next.sign({})}`;
    expect(isRefusal(await authenticate(fresh))).toBe(true);
    await issuer.publish(next.jwk);
    await utimes(issuer.jwksFile, 1, 1);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(isRefusal(await authenticate(fresh))).toBe(false);
    expect(isRefusal(await authenticate(old))).toBe(true);

    await issuer.remove();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(isRefusal(await authenticate(fresh))).toBe(false);
  });

  test.each([
    { because: 'no file is named', jwksFile: undefined },
    { because: 'the file is missing', jwksFile: '/nonexistent/jwks.json' },
  ])('an app that asks for tokens does not start when $because', async ({ jwksFile }) => {
    const config = {
      AUTH_REQUIRED: true,
      AUTH_ISSUER: 'x',
      AUTH_AUDIENCE: 'tenor',
      ...(jwksFile === undefined ? {} : { AUTH_JWKS_FILE: jwksFile }),
    };
    await expect(testApp({ config })).rejects.toThrow(/AUTH_JWKS_FILE/);
  });
});
