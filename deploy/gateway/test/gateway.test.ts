import Fastify, { type FastifyInstance } from 'fastify';
import { createGateway } from '../src/gateway.ts';
import { readRouteTable } from '../src/route-table.ts';

/** A server that says who it is and what reached it, on a free port. */
async function upstream(name: string): Promise<{ app: FastifyInstance; url: string }> {
  const app = Fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.get('/readyz', () => ({ status: name === 'payment' ? 'degraded' : 'ok' }));
  app.get('/openapi.json', () => ({
    openapi: '3.1.0',
    info: { title: name, version: '1.2.3' },
    paths: {
      '/readyz': {},
      '/v1/loans': { get: { operationId: name } },
      '/v1/payments': { get: { operationId: name } },
    },
    components: { schemas: { [name]: { type: 'object' } } },
  }));
  app.all('/*', (request, reply) =>
    reply
      .header('x-request-id', request.headers['x-request-id'] ?? 'none')
      .code(request.method === 'POST' ? 201 : 200)
      .send({ name, url: request.url, method: request.method, body: request.body ?? null }),
  );
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, url };
}

let billing: Awaited<ReturnType<typeof upstream>>;
let payment: Awaited<ReturnType<typeof upstream>>;
let gateway: FastifyInstance;

beforeAll(async () => {
  [billing, payment] = await Promise.all([upstream('billing'), upstream('payment')]);
  gateway = await createGateway({
    upstreams: { billing: billing.url, payment: payment.url },
    table: readRouteTable(),
    logLevel: 'silent',
  });
  await gateway.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([billing.app.close(), payment.app.close()]);
});

describe('the gateway', () => {
  test('passes a request on with its method, query, headers and body as they are', async () => {
    const answer = await gateway.inject({
      method: 'POST',
      url: '/v1/loans?x=%20y',
      headers: { 'content-type': 'application/json', 'x-request-id': 'r-1' },
      payload: '{"amount": 1.10}',
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['x-request-id']).toBe('r-1');
    expect(answer.json()).toEqual({
      name: 'billing',
      url: '/v1/loans?x=%20y',
      method: 'POST',
      body: '{"amount": 1.10}',
    });
  });

  test('routes a customer to billing and that customer’s payments to payment', async () => {
    const customer = await gateway.inject('/v1/customers/c1/balance');
    const payments = await gateway.inject('/v1/customers/c1/payments?limit=5');
    expect(customer.json()).toMatchObject({ name: 'billing', url: '/v1/customers/c1/balance' });
    expect(payments.json()).toMatchObject({ name: 'payment', url: '/v1/customers/c1/payments?limit=5' });
  });

  test.each(['/metrics', '/internal/v1/applied-credits', '/nothing'])(
    'answers %s itself with not_found',
    async (path) => {
      const answer = await gateway.inject(path);
      expect(answer.statusCode).toBe(404);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json()).toMatchObject({ code: 'not_found', status: 404 });
    },
  );

  test('is degraded when a service says so', async () => {
    const answer = await gateway.inject('/readyz');
    expect(answer.json()).toEqual({ status: 'degraded', services: { billing: 'ok', payment: 'degraded' } });
  });

  test('merges both OpenAPI documents, each service’s own paths only', async () => {
    const document = (await gateway.inject('/openapi.json')).json();
    expect(document.paths).toEqual({
      '/v1/loans': { get: { operationId: 'billing' } },
      '/v1/payments': { get: { operationId: 'payment' } },
    });
    expect(Object.keys(document.components.schemas)).toEqual(['billing', 'payment']);
    const page = await gateway.inject('/docs/json');
    expect(page.json().paths).toEqual(document.paths);
  });
});

describe('with a service down', () => {
  test('answers 503 with Retry-After for its paths, goes on routing the other, and is not ready', async () => {
    const lonely = await createGateway({
      upstreams: { billing: billing.url, payment: 'http://127.0.0.1:1' },
      table: readRouteTable(),
      logLevel: 'silent',
    });
    const refused = await lonely.inject('/v1/payments');
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json()).toMatchObject({ code: 'service_unavailable' });
    expect((await lonely.inject('/v1/loans')).statusCode).toBe(200);
    expect((await lonely.inject('/readyz')).statusCode).toBe(503);
    expect((await lonely.inject('/openapi.json')).statusCode).toBe(503);
    await lonely.close();
  });
});
