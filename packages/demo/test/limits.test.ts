import { startTestSystem, type TestSystem } from '@tenor/testing';

const OURS = 'https://desk.example';
let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem('limits', { RATE_LIMIT_PER_MINUTE: '40', CORS_ORIGINS: OURS });
}, 60_000);
afterAll(() => system?.stop());

async function ask(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(`${url}/v1/products`, { headers });
  await answer.arrayBuffer();
  return answer;
}

describe('the started system, asked through its gateway', () => {
  test('tells how a caller stands, refuses what goes beyond, and nobody else', async () => {
    const headers = { authorization: `Bearer ${system.token}` };
    const answers: Response[] = [];
    // Twice the limit and more: the minute may turn meanwhile.
    for (let count = 0; count < 90; count += 1) answers.push(await ask(system.url, headers));
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"requests";q=40;w=60');
    expect(answers[0]?.headers.get('ratelimit')).toMatch(/^"requests";r=39;t=\d+$/);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=\d+$/);
    expect(refused?.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    expect((await ask(system.url, { authorization: `Bearer ${system.adminToken}` })).status).toBe(200);
  });

  test('counts a client under its own address, whatever it says of it', async () => {
    const statuses = [];
    for (let count = 0; count < 100; count += 1) {
      const { status } = await ask(system.url, { 'x-forwarded-for': `203.0.113.${count}` });
      statuses.push(status);
    }
    expect(statuses[0]).toBe(401);
    expect(statuses).toContain(429);
    // Straight to the service, from an address that it trusts, the header is believed.
    expect((await ask(system.urls.billing, { 'x-forwarded-for': '203.0.113.1' })).status).toBe(401);
  });

  test('lets a page of an allowed origin ask, read what is refused, and no other', async () => {
    const preflight = (origin: string) =>
      fetch(`${system.url}/v1/payments`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await preflight(OURS);
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, OURS]);
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    for (const path of ['/v1/payments', '/v1/products', '/nothing']) {
      const { headers } = await fetch(`${system.url}${path}`, { headers: { origin: OURS } });
      expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([OURS, 'Origin']);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    }
  });
});
