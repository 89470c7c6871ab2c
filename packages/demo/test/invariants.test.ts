import { businessDate } from '@tenor/calendar';
import {
  consumedTables,
  contradictions,
  deadLetterTopics,
  deleteGroups,
  drained,
  durableTables,
  endsOf,
  eventTopics,
  eventually,
  ledgerContradictions,
  openSql,
  type RefusingProvider,
  type SqlConnection,
  snapshot,
  startRefusingProvider,
  startTestSystem,
  subjectsOf,
  type TestSystem,
  unrest,
} from '@tenor/testing';
import { type Client, connect } from '../src/client.ts';
import type { Loan } from '../src/lender.ts';
import { runTraffic, type Traffic, unexpectedAnswers } from './traffic.ts';

/** `TRAFFIC_SEED` repeats the choices of another run; how requests overtake each other stays free. */
const SEED = Number.parseInt(process.env['TRAFFIC_SEED'] ?? '20260117', 10);

let system: TestSystem;
let client: Client;
let sql: SqlConnection;
let provider: RefusingProvider;
let traffic: Traffic;

beforeAll(async () => {
  provider = await startRefusingProvider();
  system = await startTestSystem('invariants', { GATEWAY_PROVIDERS: provider.settings });
  client = connect(system.url, system.token);
  sql = await openSql(system.tenant.adminUrl);
  traffic = await runTraffic(client, SEED, businessDate(new Date(), 'UTC'));
  await drained(sql, system.tenant);
}, 90_000);
afterAll(async () => {
  // Each may be missing when the set-up failed half way.
  await sql?.close();
  await system?.stop();
  await provider?.stop();
});

/** How many answers of the tally have a label like this. */
function howMany(pattern: RegExp): number {
  return Object.entries(traffic.tally).reduce((sum, [label, times]) => sum + (pattern.test(label) ? times : 0), 0);
}

describe(`after random traffic (TRAFFIC_SEED=${SEED})`, () => {
  test('every kind of request was made, and taken or refused for a reason of the business', () => {
    expect(traffic.operations).toBeGreaterThan(200);
    expect(unexpectedAnswers(traffic)).toEqual([]);
    const enough: readonly (readonly [RegExp, number])[] = [
      [/ 201$/, 80],
      [/^backdated .* 201$/, 15],
      [/overpayment 201$/, 1],
      [/whole instalments 201$/, 10],
      [/any amount 201$/, 10],
      [/^reverse 200$/, 5],
      [/^use 201$/, 3],
      [/^refund 201$/, 10],
      [/ 422 /, 5],
    ];
    expect(enough.filter(([label, least]) => howMany(label) < least)).toEqual([]);
  });

  test('copies of a request with one key were taken at most once, and every taken one had the same answer', () => {
    expect(traffic.doubles.length).toBeGreaterThan(5);
    for (const { answers } of traffic.doubles) {
      // A refusal keeps no key, so the next copy is decided anew, on books that may have moved on in between.
      const taken = answers.filter(({ status }) => status < 300);
      const [{ isReplay: _, ...first } = { isReplay: false }] = taken;
      expect(taken.map(({ isReplay, ...answer }) => answer)).toEqual(taken.map(() => first));
      expect(taken.filter(({ isReplay }) => !isReplay).length).toBe(taken.length > 0 ? 1 : 0);
    }
    const twice = traffic.doubles.filter(({ answers }) => answers.filter(({ isReplay }) => isReplay).length > 0);
    expect(twice.length).toBeGreaterThan(0);
  });

  test('refunds were paid out, refused and failed', async () => {
    const ends = await sql.rows<{ status: string }>('select distinct status from payment.refunds order by 1');
    expect(ends.map(({ status }) => status)).toEqual(['failed', 'paid_out', 'refused']);
  });

  test('everything has come to rest, and nothing is a dead letter', async () => {
    const [left = {}] = await sql.rows<Record<string, string>>(unrest);
    expect(Object.entries(left).filter(([, count]) => count !== '0')).toEqual([]);
    expect(await endsOf(system.tenant, deadLetterTopics)).toEqual(new Map());
  });

  test.each(Object.entries(contradictions))('%s', async (_, text) => {
    expect(await sql.rows(text)).toEqual([]);
  });

  test.each(Object.entries(ledgerContradictions))('in the ledger, %s', async (_, text) => {
    expect(await sql.rows(text)).toEqual([]);
  });

  test('every loan proves its projection, its chain and its ledger', async () => {
    expect(await proofs()).toEqual(traffic.loanIds.map(() => [true, true, true]));
  });

  test('the API says of every loan and customer what the books of both services say', async () => {
    const loans = await sql.rows<{ id: string; status: string }>(
      'select loan_id as id, status from payment.loan_accounts order by loan_id',
    );
    expect(loans.map(({ id }) => id)).toEqual([...traffic.loanIds].sort());
    const told = await Promise.all(loans.map(({ id }) => client.get<Loan>(`/v1/loans/${id}`)));
    expect(told.map(({ id, status }) => ({ id, status }))).toEqual(loans);
  });

  test.each(eventTopics)(
    'left on %s for each subject a gapless sequence, and each key in one partition',
    async (topic) => {
      const { bySubject, partitionsByKey, misplaced } = await subjectsOf(system.tenant, topic);
      expect(misplaced).toBe(0);
      expect(partitionsByKey.size).toBe(traffic.customerIds.length);
      expect([...partitionsByKey.values()].filter(({ size }) => size !== 1)).toEqual([]);
      const broken = [...bySubject].filter(([, { sequences }]) =>
        sequences.some((sequence, index) => sequence !== index + 1),
      );
      expect(broken).toEqual([]);
      expect([...bySubject.values()].filter(({ partitions }) => partitions.size !== 1)).toEqual([]);
    },
  );

  test('published of every loan, customer, payment and refund as many events as its row counts', async () => {
    for (const [topic, table] of Object.entries(subjectTables)) {
      const rows = await sql.rows<{ id: string; event_sequence: string }>(
        `select id, event_sequence::text from ${table} where event_sequence > 0 order by id`,
      );
      const { bySubject } = await subjectsOf(system.tenant, topic);
      const published = [...bySubject].map(([id, { sequences }]) => ({ id, event_sequence: String(sequences.length) }));
      expect(published.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(rows);
    }
  });
});

describe('emptying the inbox and replaying the topics from their start', () => {
  test('changes nothing, byte for byte', async () => {
    const { tenant, services } = system;
    const before = await snapshot(sql, durableTables);
    const consumed = await snapshot(sql, consumedTables);
    const ends = await endsOf(tenant);
    await Promise.all([services.billing.stop(), services.payment.stop()]);
    const groups = await eventually(() => deleteGroups(tenant.brokers, tenant.topicPrefix));
    const known = ['billing.outward', 'billing.repayments', 'payment.projection'];
    expect(groups).toEqual(known.map((group) => tenant.topicPrefix + group));
    for (const schema of ['billing', 'payment']) {
      await sql.rows(`delete from ${schema}.inbox`);
      await sql.rows(`delete from ${schema}.consumer_progress`);
    }

    await Promise.all([services.billing.start(), services.payment.start()]);
    expect(await drained(sql, tenant)).toEqual(ends);
    expect(await snapshot(sql, consumedTables)).toEqual(consumed);
    expect(await handledAgain()).toEqual({
      billing: consumedBy(consumed, 'billing'),
      payment: consumedBy(consumed, 'payment'),
    });
    expect(await snapshot(sql, durableTables)).toEqual(before);
    // Nothing was imported.
    const empty = Object.entries(before).filter(([, rows]) => rows.length === 0);
    expect(empty.map(([table]) => table)).toEqual(['billing.ledger_runs', 'billing.imported_loans']);
    const [left = {}] = await sql.rows<Record<string, string>>(unrest);
    expect(Object.entries(left).filter(([, count]) => count !== '0')).toEqual([]);
    expect(await proofs()).toEqual(traffic.loanIds.map(() => [true, true, true]));
  }, 60_000);
});

const subjectTables = {
  'billing.loans.v1': 'billing.loans',
  'billing.customers.v1': 'billing.customers',
  'payment.payments.v1':
    '(select id, event_sequence from payment.payments union all select id, event_sequence from payment.refunds) subjects',
};

function proofs(): Promise<boolean[][]> {
  return Promise.all(
    traffic.loanIds.map(async (id) => {
      const proof = await client.get<Record<string, boolean>>(`/v1/loans/${id}/proof`);
      return ['fold_equals_projection', 'chain_verified', 'ledger_equals_fold'].map((what) => proof[what] === true);
    }),
  );
}

/** How many events the handlers of each restarted service were given, by its own count. */
async function handledAgain(): Promise<Record<string, number>> {
  const counts = Object.entries(system.urls).map(async ([name, url]) => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const lines = [...text.matchAll(/^consumer_messages_total\{[^}]*outcome="applied"[^}]*\} (\d+)$/gm)];
    return [name, lines.reduce((sum, [, count = '0']) => sum + Number.parseInt(count, 10), 0)] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

const consumedBy = (copies: Record<string, string[]>, schema: string): number =>
  Object.entries(copies).reduce((sum, [table, rows]) => sum + (table.includes(`${schema}.inbox`) ? rows.length : 0), 0);
