import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { BODY_LIMIT_BYTES } from '../src/forward.ts';
import { createGateway } from '../src/gateway.ts';
import { readRouteTable } from '../src/route-table.ts';
import { openConnection, type RawAnswer } from './raw-connection.ts';

const TIMEOUT_MS = 1_000;
const TRIES = 30;

interface Seen {
  readonly target: string;
  readonly method: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** What reached the service; and what it does with it, by the request's path. */
let seen: Seen[] = [];
let abandoned = 0;
const behaviours: Record<string, (response: ServerResponse) => void> = {
  '/v1/loans/silent': () => undefined,
  '/v1/loans/reset': (response) => response.destroy(),
  '/v1/loans/half': (response) => {
    response.writeHead(200, { 'content-length': '1000', 'x-from': 'service' }).write('half');
    setTimeout(() => response.destroy(), 20);
  },
  '/v1/loans/stalled': (response) => void response.writeHead(200, { 'content-length': '1000' }).write('half'),
  '/v1/loans/endless': (response) => {
    response.writeHead(200).write('a first part');
    setTimeout(() => response.destroy(), 50);
  },
  '/v1/loans/large': (response) => void response.end(Buffer.alloc(3 * 1024 * 1024, 'x')),
  '/v1/loans/cookies': (response) => void response.setHeader('set-cookie', ['a=1', 'b=2']).writeHead(418).end(),
};

function serve(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('error', () => undefined);
  response.on('close', () => {
    if (!response.writableFinished) abandoned += 1;
  });
  request.on('end', () => {
    const { url = '', method = '', rawHeaders } = request;
    seen.push({ target: url, method, headers: rawHeaders, body: Buffer.concat(chunks) });
    const behave = behaviours[url];
    if (behave === undefined) response.end('{"from":"service"}');
    else behave(response);
  });
}

let service: Server;
let gateway: FastifyInstance;
let url: string;

beforeAll(async () => {
  service = createServer(serve);
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  gateway = await createGateway({
    upstreams: { billing: base, payment: 'http://127.0.0.1:1' },
    table: readRouteTable(),
    logLevel: 'silent',
    upstreamTimeoutMs: TIMEOUT_MS,
  });
  url = await gateway.listen({ port: 0, host: '127.0.0.1' });
});

beforeEach(() => {
  seen = [];
  abandoned = 0;
});

afterAll(async () => {
  await gateway.close();
  service.closeAllConnections();
  await new Promise((resolve) => service.close(resolve));
});

/** Sends bytes on a connection of their own and gives the first answer. */
async function exchange(...parts: readonly (string | Buffer)[]): Promise<RawAnswer> {
  const connection = await openConnection(url);
  for (const part of parts) connection.send(part);
  const answer = await connection.answer();
  connection.socket.destroy();
  if (answer === 'closed') throw new Error('the connection was closed without an answer');
  return answer;
}

const get = (target: string, headers = ''): string => `GET ${target} HTTP/1.1\r\nHost: tenor\r\n${headers}\r\n`;

function expectProblem(answer: RawAnswer, status: number, code: string): void {
  const body = JSON.parse(answer.body);
  expect(body).toMatchObject({ status, code, type: `urn:tenor:problem:${code}`, request_id: expect.any(String) });
  expect(typeof body.instance).toBe('string');
  expect({ status: answer.status, type: answer.headers['content-type'] }).toEqual({
    status,
    type: expect.stringContaining('application/problem+json'),
  });
  expect(answer.headers['x-request-id']).toBe(body.request_id);
  expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
}

describe('a body above the limit', () => {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  const head = 'POST /v1/loans HTTP/1.1\r\nHost: tenor\r\nContent-Type: application/json\r\n';
  const bodies: [string, (string | Buffer)[]][] = [
    ['with a length', [`${head}Content-Length: ${megabyte.length}\r\n\r\n`, megabyte]],
    ['in chunks', [`${head}Transfer-Encoding: chunked\r\n\r\n100000\r\n`, megabyte, '\r\n0\r\n\r\n']],
  ];

  test.each(bodies)('%s gets 413 each time, and the next request on the connection its answer', async (_how, parts) => {
    const connection = await openConnection(url);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      for (const part of parts) connection.send(part);
      const refused = await connection.answer();
      if (refused === 'closed') throw new Error('closed');
      expectProblem(refused, 413, 'body_too_large');
      connection.send(get('/v1/loans'));
      expect(await connection.answer()).toMatchObject({ status: 200, body: '{"from":"service"}' });
    }
    connection.socket.destroy();
    expect(seen.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test('gets 413 from many clients at once through fetch', async () => {
    const posts = Array.from({ length: TRIES }, () => fetch(`${url}/v1/loans`, { method: 'POST', body: megabyte }));
    const answers = await Promise.all(posts);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([413]));
  });

  test('is one byte more than what is passed on', async () => {
    const post = (length: number) => fetch(`${url}/v1/loans`, { method: 'POST', body: Buffer.alloc(length, 'x') });
    expect((await post(BODY_LIMIT_BYTES)).status).toBe(200);
    expect((await post(BODY_LIMIT_BYTES + 1)).status).toBe(413);
    expect(seen.map(({ body }) => body.length)).toEqual([BODY_LIMIT_BYTES]);
  });
});

describe('a file', () => {
  const file = Buffer.alloc(3 * 1024 * 1024, 'y');

  test('of several megabytes is passed on as it comes, with a length or in chunks', async () => {
    const posted = await fetch(`${url}/v1/imports`, { method: 'POST', body: file });
    expect(posted.status).toBe(200);
    const head = 'POST /v1/customers/bulk HTTP/1.1\r\nHost: tenor\r\nTransfer-Encoding: chunked\r\n\r\n300000\r\n';
    expect(await exchange(head, file, '\r\n0\r\n\r\n')).toMatchObject({ status: 200 });
    expect(seen.map(({ target, body }) => [target, body.length])).toEqual([
      ['/v1/imports', file.length],
      ['/v1/customers/bulk', file.length],
    ]);
  });

  test('that breaks off breaks off for the service too', async () => {
    const connection = await openConnection(url);
    connection.send(`POST /v1/imports HTTP/1.1\r\nHost: tenor\r\nContent-Length: ${file.length}\r\n\r\n`);
    connection.send(file.subarray(0, 1024 * 1024));
    await new Promise((resolve) => setTimeout(resolve, 50));
    connection.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toEqual([]);
    expect((await fetch(`${url}/v1/imports`, { method: 'POST', body: file })).status).toBe(200);
  });
});

describe('what reaches the service', () => {
  test('is the body byte for byte under its own content type, and the headers as they came', async () => {
    const body = Buffer.from([0x7b, 0x00, 0xff, 0xfe, 0x0a]);
    const head =
      'POST /v1/loans HTTP/1.1\r\nHost: tenor\r\nContent-Type: Application/JSON; Charset=latin1\r\n' +
      'X-Twice: 1\r\nX-Twice: 2\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nX-Request-Id: r-1\r\n';
    await exchange(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\n`, body, '\r\n0\r\n\r\n');
    expect(seen[0]?.body.equals(body)).toBe(true);
    const headers = seen[0]?.headers.join('|') ?? '';
    expect(headers).toContain('Content-Type|Application/JSON; Charset=latin1|X-Twice|1|X-Twice|2|x-request-id|r-1');
    expect(headers).toContain('content-length|5');
    expect(headers).toContain('x-forwarded-host|tenor');
    expect(headers).not.toMatch(/transfer-encoding|x-hop/i);
  });

  test.each([
    '/v1/loans?limit=%ZZ',
    '/v1/loans/a%2Fb%20c?x=%20y&x=+z&&',
    '/v1/loans/..%2f..%2fetc',
    '/v1/loans/./../../internal',
    '/v1/loans/x\\..\\..\\..\\metrics',
    `/v1/customers/${'x'.repeat(5000)}`,
    '/v1/loans/|"<>{}',
  ])('is the target %s as it came', async (target) => {
    expect((await exchange(get(target))).status).toBe(200);
    expect(seen[0]?.target).toBe(target);
  });

  test.each(['PROPFIND', 'TRACE', 'QUERY', 'PATCH', 'OPTIONS'])('is the method %s too', async (method) => {
    await exchange(get('/v1/loans').replace('GET', method));
    expect(seen[0]?.method).toBe(method);
  });

  test('is the host that was asked, whatever a client says of it', async () => {
    await exchange(get('/v1/loans', 'X-Forwarded-Host: elsewhere\r\nX-Forwarded-Proto: https\r\n'));
    const headers = seen[0]?.headers.join('|') ?? '';
    expect(headers).toContain('x-forwarded-proto|http|x-forwarded-host|tenor');
    expect(headers).not.toContain('elsewhere');
  });

  test('is a sane request id of the client’s, or a new one', async () => {
    const kept = await exchange(get('/v1/loans', 'X-Request-Id: mine-1\r\n'));
    const replaced = await exchange(get('/v1/loans', 'X-Request-Id: not {sane}\r\n'));
    expect(kept.headers['x-request-id']).toBe('mine-1');
    expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen[1]?.headers).toContain(replaced.headers['x-request-id']);
  });
});

describe('what the gateway refuses itself is a problem', () => {
  test.each([
    ['a path with a broken escape', get('/v1/customers/%ZZ'), 400, 'malformed_request'],
    ['a target that is no path', get('..%2f..%2fetc'), 400, 'malformed_request'],
    ['a method that does not exist', get('/v1/loans').replace('GET', 'FOO'), 400, 'malformed_request'],
    ['no host', 'GET /v1/loans HTTP/1.1\r\n\r\n', 400, 'malformed_request'],
    ['headers of 20 kB', get('/v1/loans', `X-Long: ${'x'.repeat(20_000)}\r\n`), 431, 'headers_too_large'],
    ['a path of nobody', get('/v1/nothing?x=1'), 404, 'not_found'],
    ['another method on a path of its own', get('/livez').replace('GET', 'DELETE'), 405, 'method_not_allowed'],
    ['a service that is down', get('/v1/payments'), 503, 'service_unavailable'],
  ])('%s', async (_what, request, status, code) => expectProblem(await exchange(request), status, code));

  test('with the path as instance and the client’s request id', async () => {
    const answer = await exchange(get('/v1/nothing?x=1', 'X-Request-Id: mine-2\r\n'));
    expect(JSON.parse(answer.body)).toMatchObject({ instance: '/v1/nothing', request_id: 'mine-2' });
  });
});

describe('a service that fails', () => {
  test.each(['reset', 'half', 'silent', 'stalled'])('half-way (%s) gives 503 and keeps the connection', async (how) => {
    const connection = await openConnection(url);
    connection.send(get(`/v1/loans/${how}`));
    const answer = await connection.answer();
    if (answer === 'closed') throw new Error('closed');
    expectProblem(answer, 503, 'service_unavailable');
    expect(answer.headers['x-from']).toBeUndefined();
    connection.send(get('/v1/loans'));
    expect(await connection.answer()).toMatchObject({ status: 200 });
    connection.socket.destroy();
  });

  test('in the middle of a streamed answer cuts the client’s too, which must not look whole', async () => {
    const answer = await fetch(`${url}/v1/loans/endless`);
    await expect(answer.text()).rejects.toThrow();
  });
});

describe('answers', () => {
  test('of several megabytes arrive whole', async () => {
    expect((await (await fetch(`${url}/v1/loans/large`)).text()).length).toBe(3 * 1024 * 1024);
  });

  test('keep their status and repeated headers', async () => {
    const answer = await fetch(`${url}/v1/loans/cookies`);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([418, ['a=1', 'b=2']]);
  });
});

describe('a client that goes away', () => {
  test('in the middle of its body leaves the service alone', async () => {
    const connection = await openConnection(url);
    connection.send('POST /v1/loans HTTP/1.1\r\nHost: tenor\r\nContent-Length: 100\r\n\r\nhalf');
    await new Promise((resolve) => setTimeout(resolve, 50));
    connection.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toEqual([]);
    expect((await exchange(get('/v1/loans'))).status).toBe(200);
  });

  test('while the service works frees the connection to it at once', async () => {
    const connection = await openConnection(url);
    connection.send(get('/v1/loans/silent'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    connection.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([seen.length, abandoned]).toEqual([1, 1]);
  });
});
