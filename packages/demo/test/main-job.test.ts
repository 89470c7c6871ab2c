import { readFile } from 'node:fs/promises';
import { businessDate } from '@tenor/calendar';
import { ownerOf, readRouteTable } from '@tenor/gateway';
import { eventTopics, eventually, readTopic, startTestSystem, subjectsOf, type TestSystem } from '@tenor/testing';
import { connect } from '../src/client.ts';
import { lender } from '../src/lender.ts';
import { narrator } from '../src/narrator.ts';
import { tellOfALiveLoan } from '../src/servicing-story.ts';
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

  test('goes on with a live loan, whose numbers are those worked out in docs/servicing.md', async () => {
    const lines: string[] = [];
    const tell = narrator((text) => lines.push(text), false);
    const bank = lender(connect(system.url, system.adminToken), 'live');
    await tellOfALiveLoan(bank, tell, businessDate(new Date(), 'UTC'));
    expect(tell.failures).toEqual([]);
    const page = await readFile(new URL('../../../docs/servicing.md', import.meta.url), 'utf8');
    const rows = page.split('\n').flatMap((line) => {
      const [, , ...figures] = line.split('|').map((cell) => cell.trim());
      return figures.length === 11 && figures[0]?.includes('.') ? [figures] : [];
    });
    expect(rows).toHaveLength(9);
    const told = (what: string) => lines.flatMap((line) => line.split(` ✓ ${what}: `)[1]?.trim() ?? []);
    const columns = (...picked: number[]) => rows.map((figures) => picked.map((index) => figures[index]).join());
    expect(told('principal, interest, fee, penalty')).toEqual(columns(0, 1, 2, 3));
    expect(told('outstanding, and due')).toEqual(columns(4, 5));
    expect(told('arrears')).toEqual(columns(6));
    expect(told('missed in a row, days past due, delinquent')).toEqual(columns(7, 8, 9));
  }, 60_000);

  test('left the accounts as docs/servicing.md has them', async () => {
    const books = await lender(connect(system.url, system.adminToken), 'live').trialBalance('USD');
    const page = await readFile(new URL('../../../docs/servicing.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z_]+)` \| ([\d.]+) \|/gm)].map(([, account, balance]) => [
      account,
      balance,
    ]);
    expect(rows).toHaveLength(6);
    expect(books?.accounts.map(({ account, balance }) => [account, balance])).toEqual(rows);
  });

  test('announced each change of the live loan once, and its last instalment before it fell due', async () => {
    const { brokers, topicPrefix } = system.tenant;
    const changes = [
      'loan.became_delinquent',
      'loan.bucket_changed',
      'loan.instalment_due_soon',
      'loan.cured',
      'loan.became_delinquent',
      'loan.cured',
      'loan.became_delinquent',
      'loan.cured',
      'loan.bucket_changed',
    ];
    await eventually(async () => {
      const announced = (await readTopic(brokers, `${topicPrefix}billing.loans.v1`)).map(
        ({ value }) => value as { id: string; type: string; data: { loan_id: string } },
      );
      const loan = announced.find(({ type }) => type === 'loan.instalment_due_soon')?.data.loan_id;
      const own = announced.filter(({ type, data }) => data.loan_id === loan && changes.includes(type));
      expect([...new Map(own.map(({ id, type }) => [id, type])).values()]).toEqual(changes);
    });
  });

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
    'gives every path under /v1 of %s to it, the one of the scoring engine, the keys of tokens, and nothing else',
    async (service) => {
      const document = (await (await fetch(`${system.urls[service]}/openapi.json`)).json()) as { paths: object };
      const table = readRouteTable();
      const paths = Object.keys(document.paths);
      const routed = paths.filter((path) => path.startsWith('/v1/'));
      expect(routed.length).toBeGreaterThan(4);
      expect(paths.map((path) => [path, ownerOf(table, path)])).toEqual(
        paths.map((path) => [path, /^\/(v1|transactions|\.well-known)\//.test(path) ? service : undefined]),
      );
    },
  );
});
