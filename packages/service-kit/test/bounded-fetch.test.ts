import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchText } from '../src/bounded-fetch.ts';

const bounds = { timeoutMs: 300, bytesMax: 1_000 };
let server: Server;
let url = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    switch (request.url) {
      case '/proper':
        return response.writeHead(418).end('täglich');
      case '/long':
        return response.end('x'.repeat(1_001));
      case '/endless': {
        const timer = setInterval(() => response.write('x'), 10);
        return response.on('close', () => clearInterval(timer));
      }
      case '/elsewhere':
        return response.writeHead(302, { location: '/proper' }).end();
      case '/bytes':
        return response.end(Buffer.from([0xff, 0xfe]));
      default:
        return undefined;
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('gives status and text of any answer', async () => {
  expect(await fetchText(`${url}/proper`, {}, bounds)).toEqual({ status: 418, text: 'täglich' });
});

test.each([
  { what: 'more bytes than wanted', path: '/long', name: 'AnswerTooLargeError' },
  { what: 'an answer that never begins', path: '/silent', name: 'TimeoutError' },
  { what: 'an answer that never ends', path: '/endless', name: 'TimeoutError' },
  { what: 'a redirect', path: '/elsewhere', name: 'TypeError' },
  { what: 'what is no UTF-8', path: '/bytes', name: 'TypeError' },
])('rejects $what', async ({ path, name }) => {
  await expect(fetchText(`${url}${path}`, {}, bounds)).rejects.toMatchObject({ name });
});
