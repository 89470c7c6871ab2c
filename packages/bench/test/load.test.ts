import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closedLoop, connect, type Operation } from '../src/load.ts';

const SECONDS = 0.2;
const FAILS_EVERY = 4;

let server: Server;
let asked = 0;
beforeAll(async () => {
  server = createServer((_, response) => {
    asked += 1;
    response.statusCode = asked % FAILS_EVERY === 0 ? 503 : 200;
    response.end('{"code":"overloaded"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  asked = 0;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const look = (): Operation => ({ request: { method: 'GET', path: '/' } });

async function loadOf(extent: Parameters<typeof closedLoop>[1]) {
  const pool = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    return await closedLoop(pool, extent, look);
  } finally {
    await pool.close();
  }
}

describe('a closed loop', () => {
  test('sends so many operations, and keeps the latencies of those that succeeded', async () => {
    const { latencies, errors } = await loadOf({ operations: 100 });
    expect([latencies.length, [...errors]]).toEqual([75, [['503 overloaded', 25]]]);
  });

  test('goes on for so many seconds, and begins nothing after them', async () => {
    const { latencies, errors, seconds } = await loadOf({ seconds: SECONDS });
    expect(seconds).toBeGreaterThanOrEqual(SECONDS);
    expect(latencies.length + (errors.get('503 overloaded') ?? 0)).toBe(asked);
    expect(asked).toBeGreaterThan(0);
  });
});
