import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createGateway, type GatewayOptions } from '../src/gateway.ts';
import { readRouteTable } from '../src/route-table.ts';
import { openConnection } from './raw-connection.ts';

const OURS = 'https://desk.example';
const patience = { headersMs: 150, requestMs: 300, idleMs: 150, checkMs: 20 };

let service: Server;
let base: string;
let seen: IncomingMessage | undefined;
const open: FastifyInstance[] = [];

beforeAll(async () => {
  service = createServer((request, response) => {
    seen = request;
    request.resume();
    response.setHeader('x-frame-options', 'of-the-service').end('{}');
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});
afterAll(() => {
  service.closeAllConnections();
  service.close();
});

async function gatewayWith(given: Partial<GatewayOptions> = {}) {
  const upstreams = { billing: base, payment: 'http://127.0.0.1:1' };
  const gateway = await createGateway({ upstreams, table: readRouteTable(), logLevel: 'silent', ...given });
  open.push(gateway);
  return gateway;
}

describe('where a request came from', () => {
  const ask = async (gateway: FastifyInstance, headers: Record<string, string | string[]>) => {
    await gateway.inject({ url: '/v1/loans', remoteAddress: '192.0.2.1', headers });
    return seen?.headersDistinct['x-forwarded-for'];
  };

  test.each([
    { says: 'nothing', headers: {} },
    { says: 'another address', headers: { 'x-forwarded-for': '203.0.113.9' } },
    { says: 'several', headers: { 'X-Forwarded-For': ['203.0.113.9', '198.51.100.1, 192.0.2.2'] } },
  ])('is told to the service as it is seen, when a client says $says', async ({ headers }) => {
    expect(await ask(await gatewayWith(), headers)).toEqual(['192.0.2.1']);
  });

  test('is what a trusted proxy says, and not what was said to that', async () => {
    const gateway = await gatewayWith({ trustedProxies: ['192.0.2.0/24'] });
    expect(await ask(gateway, { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' })).toEqual(['203.0.113.9']);
    expect(await ask(gateway, {})).toEqual(['192.0.2.1']);
  });
});

describe('what the gateway answers in its own name', () => {
  test.each([
    { what: 'no path of a service', url: '/nothing', status: 404 },
    { what: 'a service that is down', url: '/v1/payments', status: 503 },
    { what: 'its readiness', url: '/readyz', status: 503 },
  ])('has security headers, and lets allowed pages read it: $what', async ({ url, status }) => {
    const gateway = await gatewayWith({ corsOrigins: [OURS] });
    const ours = await gateway.inject({ url, headers: { origin: OURS } });
    expect(ours.statusCode).toBe(status);
    expect(ours.headers).toMatchObject({
      'access-control-allow-origin': OURS,
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
    const others = await gateway.inject({ url, headers: { origin: 'https://evil.example' } });
    expect(others.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('leaves the headers of a service, and preflights, to the service', async () => {
    const gateway = await gatewayWith({ corsOrigins: [OURS] });
    const headers = { origin: OURS, 'access-control-request-method': 'POST' };
    const answer = await gateway.inject({ method: 'OPTIONS', url: '/v1/loans', headers });
    expect(seen?.method).toBe('OPTIONS');
    expect(answer.headers['x-frame-options']).toBe('of-the-service');
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(answer.headers).not.toHaveProperty('content-security-policy');
  });

  test('has a documentation that may load its own files', async () => {
    const page = await (await gatewayWith()).inject('/docs/');
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
  });
});

describe('the time of a client', () => {
  test.each([
    { slow: 'says nothing', sends: '' },
    { slow: 'stops within its headers', sends: 'GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ' },
    { slow: 'stops within its body', sends: 'POST /v1/loans HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{' },
  ])('ends with request_timeout when it $slow', async ({ sends }) => {
    const gateway = await gatewayWith({ patience });
    const connection = await openConnection(await gateway.listen({ port: 0, host: '127.0.0.1' }));
    connection.send(sends);
    const answer = await connection.answer();
    expect(answer).toMatchObject({ status: 408, headers: { 'x-content-type-options': 'nosniff' } });
    expect(JSON.parse(answer === 'closed' ? '' : answer.body)).toMatchObject({ code: 'request_timeout' });
    expect(await connection.answer()).toBe('closed');
  });

  test('ends in silence when it keeps a connection without another request', async () => {
    const gateway = await gatewayWith({ patience });
    const connection = await openConnection(await gateway.listen({ port: 0, host: '127.0.0.1' }));
    connection.send('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await connection.answer()).toMatchObject({ status: 200 });
    expect(await connection.answer()).toBe('closed');
  });
});
