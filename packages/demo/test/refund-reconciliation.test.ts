import {
  contradictions,
  drained,
  eventually,
  kinds,
  ledgerContradictions,
  openSql,
  type SqlConnection,
  snapshot,
  startTestSystem,
  type TestSystem,
} from '@tenor/testing';
import { type Client, connect } from '../src/client.ts';
import { prepareLosses } from './planted.ts';
import { type Reconciler, type RefundDifference, reconcilerOf } from './reconciler.ts';

let system: TestSystem;
let client: Client;
let admin: Client;
let sql: SqlConnection;
let losses: Awaited<ReturnType<typeof prepareLosses>>;
let report: Reconciler['report'];
let heal: Reconciler['heal'];

beforeAll(async () => {
  system = await startTestSystem('refund reconciliation');
  client = connect(system.url, system.token);
  admin = connect(system.url, system.adminToken);
  ({ report, heal } = reconcilerOf(client, admin));
  sql = await openSql(system.tenant.adminUrl);
  losses = await prepareLosses(sql);
}, 60_000);
afterAll(async () => {
  await sql?.close();
  await system?.stop();
});

const settledDown = () => drained(sql, system.tenant);
const { product, principal, currency, terms, beyond, instalment } = kinds.annuity;
const LEFT = { prefer: 'wait=10' };
const doNotWait = {};

let count = 0;
async function created(path: string, body: object, headers = {}): Promise<string> {
  count += 1;
  const answer = await client.post<{ id: string }>(path, body, { 'idempotency-key': `refund-${count}`, ...headers });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body.id;
}

/** A customer whose loan is paid, with some credit left. */
async function withCredit(): Promise<string> {
  const customer_id = await created('/v1/customers', { external_id: `c-${count}`, first_name: 'Ana' });
  await created('/v1/loans', { customer_id, product, principal: { amount: principal, currency }, terms });
  const amount = { amount: `${beyond + 2 * instalment}.00`, currency };
  await created('/v1/payments', { customer_id, amount }, LEFT);
  return customer_id;
}
const refund = (customerId: string, headers: object, units: number = instalment) =>
  created(`/v1/customers/${customerId}/refunds`, { amount: { amount: `${units}.00`, currency } }, headers);

const byRefund = (some: { readonly refund_id: string }, other: { readonly refund_id: string }) =>
  some.refund_id < other.refund_id ? -1 : 1;
async function found(): Promise<RefundDifference[]> {
  const { data, refunds, in_flight } = await report();
  expect([data, in_flight.count]).toEqual([[], 0]);
  return refunds.map(({ refund_id, kind, remedy }) => ({ refund_id, kind, remedy })).sort(byRefund);
}
const statusesOf = (service: string, ids: readonly string[]) =>
  sql.rows<{ id: string; status: string }>(
    `select id, status from ${service}.refunds where id = any($1::uuid[]) order by id`,
    [ids],
  );

/** Ways to spoil billing's record of one refund, by the difference that reconciliation has to name. */
const spoilings = {
  record_missing: 'delete from billing.refunds where id = $1',
  amount_differs: 'update billing.refunds set amount = amount - 1 where id = $1',
  currency_differs: "update billing.refunds set currency = 'USD' where id = $1",
  status_differs: "update billing.refunds set status = 'refused' where id = $1",
  customer_differs:
    'update billing.refunds r set customer_id = (select id from billing.customers c where c.id <> r.customer_id limit 1) where r.id = $1',
  decided_twice: `insert into billing.refunds
    select (select id from billing.customers c where c.id <> r.customer_id limit 1), id, currency, amount, status,
           value_date, recorded_at from billing.refunds r where r.id = $1`,
  unknown_refund: `insert into billing.refunds
    select customer_id, gen_random_uuid(), currency, amount, status, value_date, recorded_at
      from billing.refunds where id = $1`,
};

describe('planted differences of refunds', () => {
  const expected: RefundDifference[] = [];
  const lost: string[] = [];
  let before: string[] = [];

  test('are found exactly, and nothing else', async () => {
    const spoiled: { kind: string; text: string; id: string }[] = [];
    for (const [kind, text] of Object.entries(spoilings)) {
      spoiled.push({ kind, text, id: await refund(await withCredit(), LEFT) });
    }
    const plant = async (type: string, kind: string, remedy: string, units?: number) => {
      const customerId = await withCredit();
      const id = await losses.losing(customerId, type, async () => {
        const requested = await refund(customerId, doNotWait, units);
        await settledDown();
        return requested;
      });
      lost.push(id);
      expected.push({ refund_id: id, kind, remedy });
    };
    await plant('payment.refund_requested', 'not_decided', 'republish_refund');
    await plant('payment.refund_paid_out', 'not_closed', 'republish_refund');
    await plant('customer.refund_authorised', 'decision_missing', 'take_decision');
    await plant('customer.refund_refused', 'decision_missing', 'take_decision', 100 * beyond);
    await settledDown();
    ({ 'billing.refunds': before = [] } = await snapshot(sql, ['billing.refunds']));

    for (const { kind, text, id } of spoiled) {
      await sql.rows(text, [id]);
      if (kind !== 'unknown_refund') expected.push({ refund_id: id, kind, remedy: null });
    }
    const [alien] = await sql.rows<{ id: string }>(
      'select id from billing.refunds b where not exists (select from payment.refunds p where p.id = b.id)',
    );
    expected.push({ refund_id: alien?.id ?? '', kind: 'unknown_refund', remedy: null });
    expect(await found()).toEqual(expected.sort(byRefund));
  }, 60_000);

  test('come page by page', async () => {
    const pages: RefundDifference[] = [];
    let cursor: string | null = '';
    for (let round = 0; cursor !== null && round < 20; round += 1) {
      const page: { refunds: RefundDifference[]; next_cursor: string | null } = await client.get(
        `/v1/reconciliation?from=1900-01-01&to=2199-12-31&limit=2${cursor && `&cursor=${cursor}`}`,
      );
      expect(page.refunds.length).toBeLessThanOrEqual(2);
      pages.push(...page.refunds);
      cursor = page.next_cursor;
    }
    expect(pages.map(({ refund_id }) => refund_id).sort()).toEqual(expected.map(({ refund_id }) => refund_id));
  });

  test('are healed once where something was lost, however often and at once, and listed where a person is needed', async () => {
    const both = await Promise.all([heal('heal-1'), heal('heal-2')]);
    // Who comes second finds some changed, and leaves them alone.
    const healed = new Map(both.flatMap(({ refunds }) => refunds.healed.map((each) => [each.refund_id, each])));
    const lacking = expected.filter(({ remedy }) => remedy !== null);
    expect([...healed.values()].sort(byRefund)).toEqual(
      lacking.map(({ refund_id, remedy }) => ({ refund_id, remedy })),
    );
    await settledDown();
    const persons = expected.filter(({ remedy }) => remedy === null);
    expect(await found()).toEqual(persons);
    const again = await heal('heal-3');
    expect(again.refunds.healed).toEqual([]);
    expect([...again.refunds.needs_person].sort(byRefund)).toEqual(
      persons.map(({ refund_id, kind }) => ({ refund_id, kind })),
    );
    expect(await statusesOf('payment', lost)).toEqual(await statusesOf('billing', lost));
    const ends = (await statusesOf('payment', lost)).map(({ status }) => status).sort();
    expect(ends).toEqual(['paid_out', 'paid_out', 'paid_out', 'refused']);
  }, 60_000);

  test('once a person has put billing right, nothing differs any more and the sums are conserved', async () => {
    await sql.rows('delete from billing.refunds where id <> all($1::uuid[])', [lost]);
    for (const row of before) {
      await sql.rows('insert into billing.refunds select ($1::text::billing.refunds).* on conflict do nothing', [row]);
    }
    expect(await found()).toEqual([]);
    // The numbers of the lost events of customers are passed with the next.
    const { 'payment knows every customer as billing keeps it': _, ...rules } = contradictions;
    for (const [rule, text] of Object.entries({ ...rules, ...ledgerContradictions })) {
      expect([rule, await sql.rows(text)]).toEqual([rule, []]);
    }
  });
});

test('what billing put aside and a person discarded of a refund is healed as well', async () => {
  const customerId = await withCredit();
  const requested = await losses.spoiling(customerId, 'payment.refund_requested', () => refund(customerId, doNotWait));
  await settledDown();
  expect(await found()).toEqual([{ refund_id: requested, kind: 'put_aside', remedy: null }]);
  const [letter] = await sql.rows<{ id: string }>('select id from billing.dead_letters where subject = $1', [
    requested,
  ]);
  await admin.post(`/v1/billing/dead-letters/${letter?.id}/discard`, undefined);
  expect(await found()).toEqual([{ refund_id: requested, kind: 'not_decided', remedy: 'republish_refund' }]);
  await heal('heal-discarded');
  await eventually(async () => {
    expect(await statusesOf('payment', [requested])).toEqual([{ id: requested, status: 'paid_out' }]);
  });
  await settledDown();
  expect(await found()).toEqual([]);
}, 60_000);
