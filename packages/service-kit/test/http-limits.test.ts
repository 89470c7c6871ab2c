import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Type } from 'typebox';
import type { App } from '../src/index.ts';
import { testApp, testIssuer } from './app-fixture.ts';

const Echo = Type.Object({ note: Type.String() });

function routes(app: App): void {
  app.post(
    '/v1/notes',
    { config: { permission: 'public' }, schema: { body: Echo, response: { 200: Echo } } },
    async ({ body }) => body,
  );
  app.get(
    '/v1/notes',
    {
      config: { permission: 'reports:read' },
      schema: { querystring: Type.Object({ q: Type.Optional(Type.String()) }), response: { 200: Type.Object({}) } },
    },
    async () => ({}),
  );
}

describe('the size of a request', () => {
  let app: App;
  let url: string;
  beforeAll(async () => {
    ({ app } = await testApp({}, routes));
    url = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => app.close());

  test.each([
    { part: 'a query', target: `/v1/notes?q=${'x'.repeat(4_100)}`, status: 414, code: 'query_too_long' },
    { part: 'a URL', target: `/v1/${'x'.repeat(8_200)}`, status: 414, code: 'uri_too_long' },
    {
      part: 'a URL whose query alone would do',
      target: `/v1/notes?q=${'x'.repeat(8_200)}`,
      status: 414,
      code: 'uri_too_long',
    },
    { part: 'the name of a file', target: `/docs/static/${'x'.repeat(5_000)}`, status: 404, code: 'not_found' },
    {
      part: 'the headers',
      target: '/v1/notes',
      headers: { 'x-large': 'x'.repeat(17_000) },
      status: 431,
      code: 'headers_too_large',
    },
    {
      part: 'a body',
      target: '/v1/notes',
      body: `{"note":"${'x'.repeat(262_144)}"}`,
      status: 413,
      code: 'body_too_large',
    },
  ])('is refused when $part is too large', async ({ target, status, code, headers = {}, body }) => {
    const request =
      body === undefined ? { headers } : { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    const answer = await fetch(`${url}${target}`, request);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('is taken up to the limits', async () => {
    expect((await app.inject(`/v1/notes?q=${'x'.repeat(4_000)}`)).statusCode).toBe(200);
    const note = 'x'.repeat(262_000);
    const answer = await app.inject({ method: 'POST', url: '/v1/notes', payload: { note } });
    expect(answer.json()).toEqual({ note });
  });
});

describe('the time of a client', () => {
  const patience = { headersMs: 150, requestMs: 300, idleMs: 150, checkMs: 20 };
  let app: App;
  let port: number;
  beforeAll(async () => {
    ({ app } = await testApp({ patience }, routes));
    port = Number.parseInt(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port, 10);
  });
  afterAll(() => app.close());

  /** Sends the first bytes, then one of the others at a time for as long as the connection is open; what came back. */
  async function drip(first: string, others = ''): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(first);
    const bytes = [...others];
    const timer = setInterval(() => socket.writable && bytes.length > 0 && socket.write(bytes.shift() ?? ''), 20);
    const answer = await text(socket);
    clearInterval(timer);
    return answer;
  }
  const head = 'Host: tenor\r\nContent-Type: application/json\r\n';

  test.each([
    { slow: 'says nothing', first: '', others: '' },
    { slow: 'sends its headers byte by byte', first: 'GET /livez HTTP/1.1\r\n', others: `X-Slow: ${'x'.repeat(500)}` },
    {
      slow: 'sends its body byte by byte',
      first: `POST /v1/notes HTTP/1.1\r\n${head}Content-Length: 900\r\n\r\n`,
      others: 'x'.repeat(500),
    },
    {
      slow: 'stops within its body',
      first: `POST /v1/notes HTTP/1.1\r\n${head}Content-Length: 9\r\n\r\n{`,
      others: '',
    },
  ])('ends with request_timeout when it $slow', async ({ first, others }) => {
    const answer = await drip(first, others);
    expect(answer).toMatch(/^HTTP\/1.1 408 .*"request_timeout"/s);
    expect(answer).toMatch(/x-content-type-options: nosniff/i);
  });

  test('ends in silence when it keeps a connection without another request', async () => {
    const answer = await drip('GET /livez HTTP/1.1\r\nHost: tenor\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 200 .*\{"status":"ok"\}$/s);
  });
});

const OURS = 'https://desk.example';

describe('pages of other origins', () => {
  let app: App;
  let issuer: Awaited<ReturnType<typeof testIssuer>>;
  beforeAll(async () => {
    issuer = await testIssuer();
    const auth = {
      AUTH_REQUIRED: true,
      AUTH_ISSUER: 'tenor-test',
      AUTH_AUDIENCE: 'tenor',
      AUTH_JWKS_FILE: issuer.jwksFile,
    };
    ({ app } = await testApp({ config: { ...auth, CORS_ORIGINS: [OURS] } }, routes));
  });
  afterAll(async () => {
    await app.close();
    await issuer.remove();
  });

  const preflight = (origin: string) =>
    app.inject({
      method: 'OPTIONS',
      url: '/v1/notes',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    });

  test('are told by the preflight, which needs no token, that an allowed one may ask', async () => {
    const answer = await preflight(OURS);
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': OURS,
      'access-control-allow-methods': expect.stringContaining('PATCH'),
      'access-control-allow-headers': expect.stringContaining('Idempotency-Key'),
      'access-control-max-age': '600',
      vary: expect.stringContaining('Origin'),
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test.each(['https://evil.example', 'https://desk.example.evil.example', 'http://desk.example', 'null'])(
    'are told nothing when they are of %s',
    async (origin) => {
      expect((await preflight(origin)).headers).not.toHaveProperty('access-control-allow-origin');
      const answer = await app.inject({
        method: 'POST',
        url: '/v1/notes',
        headers: { origin },
        payload: { note: 'x' },
      });
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      expect(answer.headers['vary']).toContain('Origin');
    },
  );

  test.each([
    { what: 'an answer', method: 'POST', url: '/v1/notes', payload: { note: 'x' }, status: 200 },
    { what: 'a refused body', method: 'POST', url: '/v1/notes', payload: {}, status: 400 },
    { what: 'a refused token', method: 'GET', url: '/v1/notes', status: 401 },
    { what: 'an unknown path', method: 'GET', url: '/v1/none', status: 404 },
    { what: 'a method that is not taken', method: 'PATCH', url: '/v1/notes', status: 405 },
  ])('may read $what when they are allowed', async ({ status, what: _what, ...request }) => {
    const answer = await app.inject({ ...request, method: request.method as 'GET', headers: { origin: OURS } });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': OURS,
      'access-control-expose-headers': expect.stringContaining('Retry-After'),
    });
  });

  test.each([
    { url: '/v1/notes', status: 405, allow: 'GET, HEAD, POST' },
    { url: '/v1/none', status: 404, allow: undefined },
  ])('change nothing of OPTIONS $url that is no preflight', async ({ url, status, allow }) => {
    const answer = await app.inject({ method: 'OPTIONS', url });
    expect([answer.statusCode, answer.headers['allow']]).toEqual([status, allow]);
  });

  test('are nobody where none is configured', async () => {
    const { app: closed } = await testApp({}, routes);
    const answer = await closed.inject({ url: '/v1/notes', headers: { origin: OURS } });
    expect(Object.keys(answer.headers).join()).not.toContain('access-control');
    await closed.close();
  });
});

describe('security headers', () => {
  let app: App;
  beforeAll(async () => {
    ({ app } = await testApp({}, routes));
  });
  afterAll(() => app.close());

  test.each(['/livez', '/v1/notes', '/v1/none', '/v1/%E0%A4%A', '/openapi.json'])(
    'are on the answer to %s',
    async (url) => {
      const { headers } = await app.inject(url);
      expect(headers).toMatchObject({
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringMatching(/^max-age=\d+/),
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    },
  );

  test('let the documentation load what it is made of, and nothing else', async () => {
    const page = await app.inject('/docs/');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self'");
    // All that the page names is a file of its own; an inline script would be refused.
    const [scripts, sources] = [/<script[^>]*>/g, /(?:src|href)="([^"]+)"/g].map((form) => [
      ...page.body.matchAll(form),
    ]);
    expect(scripts?.length).toBeGreaterThan(0);
    for (const [tag] of scripts ?? []) expect(tag).toContain('src=');
    for (const [, source = ''] of sources ?? []) {
      expect(source).toMatch(/^\.?\/(?!\/)/);
      const loaded = await app.inject(new URL(source, 'http://tenor/docs/').pathname);
      expect(loaded.statusCode).toBe(200);
    }
  });
});
