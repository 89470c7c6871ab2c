import { connect } from 'node:net';
import { ProblemSchema } from '@tenor/contracts';
import { Type } from 'typebox';
import { type App, type Health, pingCheck } from '../src/index.ts';
import { testApp } from './app-fixture.ts';

const check = (name: string, critical: boolean, health: Health) => ({ name, critical, check: async () => health });
const never = { name: 'stuck', critical: true, check: () => new Promise<Health>(() => undefined) };
const broken = pingCheck('broken', () => Promise.reject(new Error('gone')), false);

describe('readiness', () => {
  test.each([
    { because: 'nothing is checked', checks: [], status: 200, says: 'ok' },
    { because: 'all is well', checks: [check('database', true, 'ok')], status: 200, says: 'ok' },
    { because: 'something critical is down', checks: [check('database', true, 'down')], status: 503, says: 'down' },
    {
      because: 'something critical is degraded',
      checks: [check('database', true, 'degraded')],
      status: 200,
      says: 'degraded',
    },
    { because: 'the broker is down', checks: [check('kafka', false, 'down')], status: 200, says: 'degraded' },
    { because: 'a check throws', checks: [broken], status: 200, says: 'degraded' },
    { because: 'a critical check never answers', checks: [never], status: 503, says: 'down' },
  ])('is $says with $status when $because', async ({ checks, status, says }) => {
    const { app } = await testApp({ readiness: checks });
    const answer = await app.inject('/readyz');
    expect({ status: answer.statusCode, says: answer.json().status }).toEqual({ status, says });
    expect(answer.json().checks.map(({ name }: { name: string }) => name)).toEqual(checks.map(({ name }) => name));
    expect((await app.inject('/livez')).json()).toEqual({ status: 'ok' });
    await app.close();
  });
});

function routes(app: App): void {
  app.post(
    '/v1/payments/:id',
    {
      config: { permission: 'payments:write', idempotency: 'required', refusals: ['nothing_owed', 'loan_closed'] },
      schema: {
        summary: 'Record a payment',
        params: Type.Object({ id: Type.String() }),
        body: Type.Object({ inner: Type.Object({ a: Type.String() }) }),
        response: { 201: Type.Object({ id: Type.String() }) },
      },
    },
    async (request, reply) => reply.code(201).send({ id: request.params.id }),
  );
  app.post(
    '/v1/events/republish',
    {
      config: { permission: 'events:republish', optionalBody: true },
      schema: {
        querystring: Type.Object({ limit: Type.Integer({ default: 50 }), of: Type.String() }),
        body: Type.Object({ since: Type.Optional(Type.String()) }),
        response: { 200: Type.Object({ since: Type.Optional(Type.String()) }) },
      },
    },
    async ({ body }) => body,
  );
}

describe('documents and metrics', () => {
  let app: App;
  beforeAll(async () => {
    ({ app } = await testApp({ asyncapi: { asyncapi: '3.0.0', channels: {} } }, routes));
  });
  afterAll(() => app.close());

  test('OpenAPI tells permission, security, problems by status, the key and that bodies are closed', async () => {
    const document = (await app.inject('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    const { post } = document.paths['/v1/payments/{id}'];
    expect(post['x-permission']).toBe('payments:write');
    expect(post.security).toEqual([{ bearer: [] }]);
    expect(Object.keys(post.responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '404',
      '409',
      '413',
      '414',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(post.responses['422'].description).toMatch(/`idempotency_mismatch`.*`nothing_owed`.*`loan_closed`/s);
    expect(Object.keys(post.responses['422'].content)).toEqual(['application/problem+json']);
    expect(post.parameters).toContainEqual(
      expect.objectContaining({ in: 'header', name: 'Idempotency-Key', required: true }),
    );
    const body = post.requestBody.content['application/json'].schema;
    expect([body.additionalProperties, body.properties.inner.additionalProperties]).toEqual([false, false]);
    expect(document.components.schemas.Problem).toEqual(JSON.parse(JSON.stringify(ProblemSchema)));
    expect(document.components.securitySchemes.bearer.scheme).toBe('bearer');
    expect(JSON.stringify(document)).not.toMatch(/x-problems|x-idempotency|x-optional-body/);
    expect(document.paths['/livez'].get.security).toEqual([]);
  });

  test('OpenAPI tells which codes a status carries, which header goes with it, and names each operation', async () => {
    const { paths } = (await app.inject('/openapi.json')).json();
    const { operationId, responses } = paths['/v1/payments/{id}'].post;
    expect(operationId).toBe('postPaymentsById');
    expect(responses['422'].content['application/problem+json'].schema).toEqual({
      allOf: [
        { $ref: '#/components/schemas/Problem' },
        { properties: { code: { enum: ['idempotency_mismatch', 'nothing_owed', 'loan_closed'] } } },
      ],
    });
    expect(Object.keys(responses['401'].headers)).toEqual(['WWW-Authenticate']);
    expect(Object.keys(responses['503'].headers)).toEqual(['Retry-After']);
  });

  test('OpenAPI asks for nothing that may be left out, and takes a key on whatever changes something', async () => {
    const { parameters, requestBody } = (await app.inject('/openapi.json')).json().paths['/v1/events/republish'].post;
    expect(parameters.map(({ name, required }: { name: string; required: boolean }) => [name, required])).toEqual([
      ['limit', false],
      ['of', true],
      ['Idempotency-Key', false],
    ]);
    expect(requestBody.required).toBe(false);
  });

  test('the pages under /docs show the same document', async () => {
    expect((await app.inject('/docs')).headers['content-type']).toContain('text/html');
    expect((await app.inject('/docs/json')).json().info).toMatchObject({ title: 'Test', version: '1' });
  });

  test('AsyncAPI is served as the service gave it, and is not there when it gave none', async () => {
    expect((await app.inject('/asyncapi.json')).json()).toEqual({ asyncapi: '3.0.0', channels: {} });
    const { app: without } = await testApp();
    expect((await without.inject('/asyncapi.json')).statusCode).toBe(404);
    await without.close();
  });

  test('metrics count requests by route pattern, never by path', async () => {
    const headers = { 'idempotency-key': 'k' };
    await app.inject({ method: 'POST', url: '/v1/payments/abc-123', headers, payload: { inner: { a: 'x' } } });
    await app.inject('/surely/not/here');
    const text = (await app.inject('/metrics')).body;
    expect(text).toMatch(/http_request_duration_seconds_count\{.*route="\/v1\/payments\/:id".*\} 1/);
    expect(text).toMatch(/route="unmatched",status="404"/);
    expect(text).not.toMatch(/abc-123|surely/);
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('service="test"');
  });
});

describe('on a socket', () => {
  async function exchange(port: number, bytes: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.end(bytes);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  }

  test('what is not HTTP, and headers too large, are answered as problems, and an unknown expectation is ignored', async () => {
    const { app } = await testApp();
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const port = Number.parseInt(new URL(url).port, 10);
    expect(await exchange(port, 'NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*problem\+json.*"malformed_request"/s);
    const large = `GET /livez HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await exchange(port, large)).toMatch(/^HTTP\/1.1 431 .*"headers_too_large"/s);
    const expecting = 'GET /livez HTTP/1.1\r\nHost: x\r\nExpect: 200-maybe\r\nConnection: close\r\n\r\n';
    expect(await exchange(port, expecting)).toMatch(/^HTTP\/1.1 200 .*"status":"ok"/s);
    await app.close();
  });

  test('a request under way is finished before the server is closed', async () => {
    const held = Promise.withResolvers<void>();
    const arrival = Promise.withResolvers<void>();
    const { app } = await testApp({}, (unready) =>
      unready.get(
        '/slow',
        { config: { permission: 'public' }, schema: { response: { 200: Type.Object({ done: Type.Boolean() }) } } },
        async () => {
          arrival.resolve();
          await held.promise;
          return { done: true };
        },
      ),
    );
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const answer = fetch(`${url}/slow`);
    await arrival.promise;
    const closed = app.close();
    held.resolve();
    expect(await (await answer).json()).toEqual({ done: true });
    await closed;
  });
});
