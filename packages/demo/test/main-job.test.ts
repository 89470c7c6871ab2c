import { businessDate } from '@tenor/calendar';
import { ownerOf, readRouteTable } from '@tenor/gateway';
import { eventTopics, startTestSystem, subjectsOf, type TestSystem } from '@tenor/testing';
import { connect } from '../src/client.ts';
import { lender } from '../src/lender.ts';
import { narrator } from '../src/narrator.ts';
import { tellTheMainJob } from '../src/story.ts';

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem('main job');
}, 60_000);
afterAll(() => system.stop());

describe('the main job, through the gateway', () => {
  test('comes out with every number as it must be', async () => {
    const lines: string[] = [];
    const tell = narrator((text) => lines.push(text), false);
    const client = connect(system.url, system.token);
    await tellTheMainJob(lender(client, 'test'), tell, businessDate(new Date(), 'UTC'));
    expect(tell.failures).toEqual([]);
    expect(tell.checks).toBeGreaterThan(25);
    expect(lines.join('')).toContain('outstanding after three payments: 2068000.00');
  }, 60_000);

  test.each(eventTopics)('left on %s for each subject a gapless sequence in one partition', async (topic) => {
    const { bySubject, misplaced } = await subjectsOf(system.tenant, topic);
    expect(misplaced).toBe(0);
    expect(bySubject.size).toBeGreaterThan(0);
    for (const { sequences, partitions } of bySubject.values()) {
      expect(sequences).toEqual(sequences.map((_, index) => index + 1));
      expect(partitions.size).toBe(1);
    }
  });

  test('takes the largest loan that billing opens through the payment service too', async () => {
    const bank = lender(connect(system.url, system.token), 'largest');
    const customer = await bank.customer('Fajar');
    const principal = { amount: '909090909090909.00', currency: 'IDR' };
    const loan = await bank.open(customer, { product: 'weekly-flat-50', principal });
    expect(loan.total.amount).toBe('999999999999999.90');
    const first = { amount: (await bank.schedule(loan.id))[0]?.total ?? '', currency: 'IDR' };
    expect((await bank.pay(customer, first, 'first')).body.status).toBe('applied');
  });

  test('asks for a token, and takes none that has no right to write', async () => {
    const answer = await connect(system.url, undefined).post<{ code: string }>('/v1/customers', { external_id: 'x' });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  });
});

describe('the gateway’s table', () => {
  test.each(['billing', 'payment'] as const)(
    'gives every path under /v1 of %s to it, and nothing else',
    async (service) => {
      const document = (await (await fetch(`${system.urls[service]}/openapi.json`)).json()) as { paths: object };
      const table = readRouteTable();
      const paths = Object.keys(document.paths);
      const routed = paths.filter((path) => path.startsWith('/v1/'));
      expect(routed.length).toBeGreaterThan(4);
      expect(paths.map((path) => [path, ownerOf(table, path)])).toEqual(
        paths.map((path) => [path, path.startsWith('/v1/') ? service : undefined]),
      );
    },
  );
});
