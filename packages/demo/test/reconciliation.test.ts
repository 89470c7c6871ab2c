import { businessDate } from '@tenor/calendar';
import {
  contradictions,
  drained,
  eventually,
  openSql,
  type RefusingProvider,
  readTopic,
  type SqlConnection,
  snapshot,
  startRefusingProvider,
  startTestSystem,
  subjectsOf,
  type TestSystem,
  truncateTopics,
  unrest,
} from '@tenor/testing';
import { type Client, connect } from '../src/client.ts';
import { prepareLosses, type Spoiling, spoilings } from './planted.ts';
import { ALL_DATES, type PaymentDifference, type Reconciler, type Report, reconcilerOf } from './reconciler.ts';
import { runTraffic, unexpectedAnswers } from './traffic.ts';

const INSTALMENT = { amount: '44000.00', currency: 'IDR' };
const SEED = 20_260_811;
/** Who look at once, again and again, and how often they do in all. */
const LOOKERS = 4;
const LOOKS_MIN = 10;

let system: TestSystem;
let client: Client;
let admin: Client;
let report: Reconciler['report'];
let heal: Reconciler['heal'];
let sql: SqlConnection;
let provider: RefusingProvider;
let losses: Awaited<ReturnType<typeof prepareLosses>>;

beforeAll(async () => {
  provider = await startRefusingProvider();
  system = await startTestSystem('reconciliation', { GATEWAY_PROVIDERS: provider.settings });
  client = connect(system.url, system.token);
  admin = connect(system.url, system.adminToken);
  ({ report, heal } = reconcilerOf(client, admin));
  sql = await openSql(system.tenant.adminUrl);
  losses = await prepareLosses(sql);
}, 60_000);
afterAll(async () => {
  await sql?.close();
  await system?.stop();
  await provider?.stop();
});

const settledDown = () => drained(sql, system.tenant);

const byPayment = (some: { readonly payment_id: string }, other: { readonly payment_id: string }) =>
  some.payment_id < other.payment_id ? -1 : 1;
const found = ({ data }: Report) =>
  data.map(({ payment_id, kind, remedy }) => ({ payment_id, kind, remedy })).sort(byPayment);

let count = 0;
async function created<T extends { id: string }>(path: string, body: object, headers = {}): Promise<T> {
  count += 1;
  const answer = await client.post<T>(path, body, { 'idempotency-key': `reconciliation-${count}`, ...headers });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}
const customer = async () => (await created('/v1/customers', { external_id: `r-${count}`, first_name: 'Ana' })).id;
const loan = async (customer_id: string) => {
  const principal = { amount: '2000000.00', currency: 'IDR' };
  return (await created('/v1/loans', { customer_id, product: 'weekly-flat-50', principal })).id;
};
/** Answers once billing has applied it, unless told not to wait. */
const pay = async (customer_id: string, headers: object = { prefer: 'wait=10' }) =>
  (await created('/v1/payments', { customer_id, amount: INSTALMENT }, headers)).id;
const doNotWait = {};

async function reverse(paymentId: string): Promise<void> {
  const { status } = await client.post(
    `/v1/payments/${paymentId}/reverse`,
    {},
    { 'idempotency-key': `r-${paymentId}` },
  );
  if (status !== 200) throw new Error(`a reversal answered ${status}`);
}

async function expectNoContradictions(): Promise<void> {
  for (const [rule, text] of Object.entries(contradictions)) expect([rule, await sql.rows(text)]).toEqual([rule, []]);
  const [left = {}] = await sql.rows<Record<string, string>>(
    `select outbox, unsettled, unanswered, unanswered_reversals, in_flight from (${unrest}) u`,
  );
  expect(Object.entries(left).filter(([, number]) => number !== '0')).toEqual([]);
}

describe('a shortfall', () => {
  const idr = (amount: string) => ({ amount, currency: 'IDR' });
  const now = { prefer: 'wait=10' };

  test('is paid once when no loan owes, is back when that is reversed, and both books agree', async () => {
    const customerId = await customer();
    await loan(customerId);
    const paid = async (amount: string) =>
      (await created('/v1/payments', { customer_id: customerId, amount: idr(amount) }, now)).id;
    const short = async (amount: string) =>
      eventually(async () => {
        const { shortfall } = await client.get<{ shortfall: string }>(
          `/v1/customers/${customerId}/balance?currency=IDR`,
        );
        if (shortfall !== amount) throw new Error(`the shortfall is ${shortfall}`);
      });
    const first = await paid('2250000.00');
    await created(`/v1/customers/${customerId}/refunds`, { amount: idr('50000.00') }, now);
    await reverse(first);
    await short('50000.00');
    await paid('2200000.00');
    const together = await Promise.all(
      ['one', 'two', 'three'].map((key) =>
        client.post<{ id: string; code: string }>(
          '/v1/payments',
          { customer_id: customerId, amount: idr('50000.00') },
          { 'idempotency-key': `short-${key}`, ...now },
        ),
      ),
    );
    expect(together.map(({ status, body }) => (status === 201 ? 'taken' : body.code)).sort()).toEqual([
      'nothing_owed',
      'nothing_owed',
      'taken',
    ]);
    await short('0.00');
    await reverse(together.find(({ status }) => status === 201)?.body.id ?? '');
    await short('50000.00');
    await paid('20000.00');
    await paid('30000.00');
    await short('0.00');
    await settledDown();
    await expectNoContradictions();
    expect((await report()).data).toEqual([]);
  });
});

test('under live traffic nothing ever differs, and at rest both books have the same sums', async () => {
  const state = { isOver: false };
  const traffic = runTraffic(client, SEED, businessDate(new Date(), 'UTC')).finally(() => {
    state.isOver = true;
  });
  const reports: Report[] = [];
  const look = async (): Promise<void> => {
    while (!state.isOver) reports.push(await report());
  };
  await Promise.all(Array.from({ length: LOOKERS }, look));
  const done = await traffic;
  expect(unexpectedAnswers(done)).toEqual([]);
  expect(done.tally['refund 201']).toBeGreaterThan(0);
  expect(reports.flatMap(({ data, refunds }) => [...data, ...refunds])).toEqual([]);
  expect(reports.length).toBeGreaterThanOrEqual(LOOKS_MIN);

  await settledDown();
  const { totals, ...rest } = await report();
  expect(rest).toEqual({
    data: [],
    refunds: [],
    imported: [],
    in_flight: { count: 0, since: null },
    next_cursor: null,
  });
  expect(totals.payment).toEqual(totals.billing);
  const counts = await sql.rows(
    `select currency, jsonb_build_object('count', count(*)) as settled,
            jsonb_build_object('count', count(*) filter (where status = 'reversed')) as reversed
       from payment.payments where status <> 'rejected' group by currency order by currency`,
  );
  expect(totals.payment).toMatchObject(counts);
}, 60_000);

test('what billing has not passed yet is in flight, and no difference', async () => {
  const customerId = await customer();
  await loan(customerId);
  const lock = await openSql(system.tenant.adminUrl);
  await lock.rows('begin');
  await lock.rows('select from billing.customers where id = $1 for update', [customerId]);
  await pay(customerId, doNotWait);
  const { data, in_flight } = await report();
  await lock.rows('rollback');
  await lock.close();
  expect({ data, in_flight }).toEqual({ data: [], in_flight: { count: 1, since: expect.any(String) } });
  await settledDown();
});

describe('planted differences', () => {
  const expected: PaymentDifference[] = [];
  const lost: { payment_id: string; remedy: string }[] = [];
  let before: Record<string, string[]>;
  const tables = ['billing.applied_payments'];

  test('are found exactly, and nothing else', async () => {
    const other = await customer();
    const spoiled: { kind: Spoiling; paymentId: string; otherLoan: string }[] = [];
    for (const kind of Object.keys(spoilings) as Spoiling[]) {
      const customerId = await customer();
      const loans = [await loan(customerId), await loan(customerId)];
      const paymentId = await pay(customerId);
      const [taken] = await sql.rows<{ loan_id: string }>(
        'select loan_id from billing.applied_payments where payment_id = $1',
        [paymentId],
      );
      spoiled.push({ kind, paymentId, otherLoan: loans.find((id) => id !== taken?.loan_id) ?? '' });
    }
    const [settledLost, reversalLost, answerLost, bothLost, firstLost] = [
      await customer(),
      await customer(),
      await customer(),
      await customer(),
      await customer(),
    ];
    for (const id of [settledLost, reversalLost, answerLost, bothLost, firstLost]) await loan(id);
    const taken = await pay(reversalLost);
    lost.push(
      {
        payment_id: await losing(settledLost, 'payment.settled', () => pay(settledLost, doNotWait)),
        remedy: 'republish_settled',
      },
      { payment_id: taken, remedy: 'republish_reversed' },
      {
        payment_id: await losing(answerLost, 'loan.repaid', async () => {
          const id = await pay(answerLost, doNotWait);
          await settledDown();
          return id;
        }),
        remedy: 'take_answer',
      },
    );
    await losing(reversalLost, 'payment.reversed', () => reverse(taken));
    const gone = await losing(bothLost, 'payment.settled', () => pay(bothLost, doNotWait));
    await losing(bothLost, 'payment.reversed', () => reverse(gone));
    const overtaken = await losing(firstLost, 'payment.settled', () => pay(firstLost, doNotWait));
    await reverse(overtaken);
    lost.push(
      { payment_id: gone, remedy: 'republish_settled' },
      { payment_id: overtaken, remedy: 'republish_settled' },
    );
    await settledDown();
    before = await snapshot(sql, tables);

    for (const { kind, paymentId, otherLoan } of spoiled) {
      const values = [paymentId, kind === 'parts_differ' ? otherLoan : other];
      await sql.rows(spoilings[kind], spoilings[kind].includes('$2') ? values : [paymentId]);
      if (kind !== 'unknown_payment') expected.push({ payment_id: paymentId, kind, remedy: null });
    }
    const [alien] = await sql.rows<{ payment_id: string }>(
      'select payment_id from billing.applied_payments b where not exists (select from payment.payments where id = b.payment_id)',
    );
    expected.push({ payment_id: alien?.payment_id ?? '', kind: 'unknown_payment', remedy: null });
    const kinds = {
      republish_settled: 'not_applied',
      republish_reversed: 'not_reversed',
      take_answer: 'answer_missing',
    };
    for (const { payment_id, remedy } of lost) {
      expected.push({ payment_id, kind: kinds[remedy as keyof typeof kinds], remedy });
    }
    expected.sort(byPayment);
    const now = await report();
    expect(found(now)).toEqual(expected);
    expect(now.in_flight.count).toBe(0);
  }, 60_000);

  test('come page by page', async () => {
    const pages: PaymentDifference[] = [];
    let cursor: string | null = '';
    let rounds = 0;
    while (cursor !== null && rounds < 20) {
      const page: Report = await client.get(`/v1/reconciliation?${ALL_DATES}&limit=3${cursor && `&cursor=${cursor}`}`);
      expect(page.data.length).toBeLessThanOrEqual(3);
      pages.push(...page.data);
      cursor = page.next_cursor;
      rounds += 1;
    }
    // A page that is full leaves the refunds to the next.
    expect(rounds).toBe(Math.floor(expected.length / 3) + 1);
    expect(pages.map(({ payment_id }) => payment_id).sort()).toEqual(expected.map(({ payment_id }) => payment_id));
  });

  test('are healed once where something was lost, and listed where a person is needed', async () => {
    const persons = expected
      .filter(({ remedy }) => remedy === null)
      .map(({ payment_id, kind }) => ({ payment_id, kind }));
    const first = await heal('heal-1');
    expect([...first.healed].sort(byPayment)).toEqual([...lost].sort(byPayment));
    expect([...first.needs_person].sort(byPayment)).toEqual(persons);
    expect(await heal('heal-1')).toEqual(first);
    const second = await heal('heal-2');
    expect(second.healed).toEqual([]);
    await settledDown();
    const third = await heal('heal-3');
    expect([...third.needs_person].sort(byPayment)).toEqual(persons);
    expect([third.healed, third.in_flight]).toEqual([[], 0]);
  }, 60_000);

  test('what was published again is what was lost, under its id and number, once', async () => {
    const { brokers, topicPrefix } = system.tenant;
    const messages = (await readTopic(brokers, `${topicPrefix}payment.payments.v1`)).map(
      ({ value }) => value as object,
    );
    for (const event of [...(await losses.lost('payment.settled')), ...(await losses.lost('payment.reversed'))]) {
      const { traceparent: _, ...rest } = event;
      const again = messages.filter((message) => 'id' in message && message.id === event['id']);
      expect(again).toEqual([{ ...rest, traceparent: expect.any(String) }]);
    }
    const { bySubject } = await subjectsOf(system.tenant, 'payment.payments.v1');
    const broken = [...bySubject].filter(([, { sequences }]) =>
      sequences.toSorted((a, b) => a - b).some((sequence, index) => sequence !== index + 1),
    );
    expect(broken).toEqual([]);
  });

  test('once a person has put billing right, nothing differs any more', async () => {
    const [columns] = await sql.rows<{ names: string }>(
      `select string_agg(column_name, ', ' order by ordinal_position) as names from information_schema.columns
        where table_schema = 'billing' and table_name = 'applied_payments'`,
    );
    const healed = lost.map(({ payment_id }) => payment_id);
    await sql.rows('delete from billing.applied_payments where payment_id <> all($1::uuid[])', [healed]);
    for (const row of before['billing.applied_payments'] ?? []) {
      await sql.rows(
        `insert into billing.applied_payments (${columns?.names}) select ($1::text::billing.applied_payments).*
         on conflict do nothing`,
        [row],
      );
    }
    expect(found(await report())).toEqual([]);
  });
});

test('without billing the answer is 503 with its code, and an officer may not heal', async () => {
  await system.services.billing.stop();
  const answer = await fetch(`${system.url}/v1/reconciliation?${ALL_DATES}`, {
    headers: { authorization: `Bearer ${system.token}` },
  });
  await system.services.billing.start();
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await answer.json()).toMatchObject({ code: 'billing_unavailable' });
  const { status } = await client.post('/v1/reconciliation/heal', { date: '2026-01-01' });
  expect(status).toBe(403);
});

test('an event lost for the projection stops its loan until it is republished; only the answer that was lost needs healing', async () => {
  const customerId = await customer();
  const neighbour = await customer();
  const [loanId] = [await loan(customerId), await loan(neighbour)];
  const lostAnswer = await losing(customerId, 'loan.repaid', async () => {
    const id = await pay(customerId, doNotWait);
    await settledDown();
    return id;
  });
  await pay(customerId, doNotWait);
  await pay(neighbour);
  await settledDown();
  const letters = () =>
    sql.rows('select status, reason, detail from payment.dead_letters where subject = $1 order by id', [loanId]);
  const detail = expect.stringContaining('republish the loan');
  expect(await letters()).toEqual([{ status: 'dead', reason: 'failed', detail }]);
  expect(found(await report()).map(({ kind }) => kind)).toEqual(['put_aside', 'put_aside']);

  const { body } = await admin.post<object>(`/v1/customers/${customerId}/republish`, {});
  expect(body).toEqual({ published: 1, next_cursor: null });
  await settledDown();
  expect(await letters()).toMatchObject([{ status: 'discarded' }]);
  expect((await heal('after-gap')).healed).toEqual([{ payment_id: lostAnswer, remedy: 'take_answer' }]);
  await republishAll();
  await settledDown();
  await expectNoContradictions();
}, 60_000);

test('what billing put aside and a person discarded is found, and applied once however often it is healed', async () => {
  const [customerId, other] = [await customer(), await customer()];
  for (const id of [customerId, other]) await loan(id);
  const settled = await losses.spoiling(customerId, 'payment.settled', () => pay(customerId, doNotWait));
  const takenBack = await losses.spoiling(other, 'payment.settled', () => pay(other, doNotWait));
  await reverse(takenBack);
  await settledDown();
  const lettersOf = (status: string) =>
    sql.rows<{ id: string; subject: string }>(
      'select id, subject from billing.dead_letters where status = $1 and subject = any($2)',
      [status, [settled, takenBack]],
    );
  const dead = await lettersOf('dead');
  expect(dead.map(({ subject }) => subject).sort()).toEqual([settled, takenBack].sort());
  expect(found(await report()).map(({ kind }) => kind)).toEqual(['put_aside', 'put_aside']);

  for (const { id } of dead) {
    const { status } = await admin.post(`/v1/billing/dead-letters/${id}/discard`, undefined);
    expect(status).toBe(200);
  }
  await eventually(async () => expect(await lettersOf('parked')).toEqual([]));
  await settledDown();
  const lacking = [settled, takenBack].map((payment_id) => ({ payment_id, remedy: 'republish_settled' }));
  expect(found(await report())).toEqual(lacking.map((each) => ({ ...each, kind: 'not_applied' })).sort(byPayment));

  const cures = (await Promise.all([heal('discarded-1'), heal('discarded-2')])).flatMap(({ healed }) => healed);
  // Whichever of the two comes first, or both where the second begins before billing has heard of the first.
  const cured = new Map(cures.map((cure) => [cure.payment_id, cure]));
  expect([...cured.values()].sort(byPayment)).toEqual(lacking.sort(byPayment));
  await heal('discarded-3');
  await settledDown();
  expect(found(await report())).toEqual([]);
  expect((await heal('discarded-4')).healed).toEqual([]);
  const credits = await sql.rows(
    'select payment_id, kind, applied from billing.applied_payments where payment_id = any($1) and applied > 0',
    [[settled, takenBack]],
  );
  expect(credits).toHaveLength(3);
  const statuses = await sql.rows('select id, status, applied from payment.payments where id = any($1)', [
    [settled, takenBack],
  ]);
  expect(statuses).toEqual(
    expect.arrayContaining([
      { id: settled, status: 'applied', applied: '4400000' },
      { id: takenBack, status: 'reversed', applied: '4400000' },
    ]),
  );
  await expectNoContradictions();
}, 60_000);

test('a projection that was emptied, with topics that were truncated, is rebuilt byte for byte', async () => {
  const { tenant, services } = system;
  const projection = () =>
    sql.rows(
      `select to_jsonb(a) - 'last_sequence' as account, c.external_ref, c.status, c.shortfalls
         from payment.loan_accounts a join payment.customers c on c.id = a.customer_id order by a.loan_id`,
    );
  const before = await projection();
  expect(before.length).toBeGreaterThan(20);
  await services.payment.stop();
  await sql.rows('truncate payment.loan_accounts');
  await sql.rows(
    "update payment.customers set external_ref = null, status = 'active', shortfalls = '{}', last_sequence = 0",
  );
  await truncateTopics(
    tenant.brokers,
    ['billing.loans.v1', 'billing.customers.v1'].map((topic) => tenant.topicPrefix + topic),
  );
  await services.payment.start();
  await republishAll();
  await settledDown();
  expect(await projection()).toEqual(before);
  const [behind] = await sql.rows(
    `select count(*) from payment.loan_accounts a join billing.loans l on l.id = a.loan_id
      where a.last_sequence <> l.event_sequence`,
  );
  expect(behind).toEqual({ count: '0' });

  const customerId = await customer();
  await loan(customerId);
  await pay(customerId);
  const [old] = await sql.rows<{ customer_id: string }>(
    `select customer_id from payment.loan_accounts where status = 'active' and payment_policy = 'exact'
        and currency = 'IDR' and unpaid[50] = 4400000 limit 1`,
  );
  await pay(old?.customer_id ?? '');
  await settledDown();
  expect(found(await report())).toEqual([]);
}, 60_000);

async function republishAll(): Promise<void> {
  let cursor: string | null = null;
  do {
    const body: object = cursor === null ? { limit: 20 } : { limit: 20, cursor };
    const answer: { body: { next_cursor: string | null } } = await admin.post('/v1/loans/republish', body);
    cursor = answer.body.next_cursor;
  } while (cursor !== null);
}

function losing<T>(customerId: string, type: string, work: () => Promise<T>): Promise<T> {
  return losses.losing(customerId, type, work);
}
