import { setTimeout as sleep } from 'node:timers/promises';
import { lockCustomers } from '../src/customers/customers.store.ts';
import { type BillingTest, type Body, reversed, settled, startBillingTest, TODAY } from './harness.ts';

describe('the journal of a loan', () => {
  let billing: BillingTest;
  let customerId: string;
  let loan: Body;
  beforeAll(async () => {
    billing = await startBillingTest('journal');
  });
  afterAll(() => billing.stop());
  beforeEach(async () => {
    customerId = await billing.customer();
    loan = await billing.loan(customerId, { disbursed_on: '2026-05-01' });
  });

  const read = async (path: string) => (await billing.get(`/v1/loans/${loan.id}${path}`)).body;
  const seqs = async (query = '') => (await read(`/events${query}`)).data.map((event) => event['seq']);

  test('holds the instructions in the order of recording, each later and chained to the one before', async () => {
    await billing.apply(
      settled({ customerId, amount: '44000.00' }),
      settled({ customerId, amount: '44000.00', on: '2026-05-08' }),
    );
    const { data } = await read('/events');
    expect(data.map(({ type, value_date }) => [type, value_date])).toEqual([
      ['opened', '2026-05-01'],
      ['approved', '2026-05-01'],
      ['disbursed', '2026-05-01'],
      ['repaid', TODAY],
      ['repaid', '2026-05-08'],
    ]);
    const times = data.map((event) => String(event['recorded_at']));
    expect(times).toEqual([...new Set(times)].toSorted());
    expect(data.slice(1).map((event) => event['prev_hash'])).toEqual(data.slice(0, -1).map((event) => event['hash']));
    expect(await seqs('?as_of=2026-05-08')).toEqual([1, 2, 3, 5]);
    expect(await seqs(`?known_at=${times[2]}`)).toEqual([1, 2, 3]);
    const page = await read('/events?limit=2');
    expect(await seqs(`?limit=2&cursor=${page.next_cursor}`)).toEqual([3, 4]);
  });

  test('answers for any day and any knowledge; a payment known later changes the past, not what was known', async () => {
    const before = await read('/outstanding?as_of=2026-05-10');
    await billing.apply(settled({ customerId, amount: '44000.00', on: '2026-05-08' }));
    expect(await read('/outstanding?as_of=2026-05-10')).toMatchObject({ total: '2156000.00', overdue: '0.00' });
    expect(await read('/outstanding?as_of=2026-05-07')).toMatchObject({ total: '2200000.00' });
    expect(await read(`/outstanding?as_of=2026-05-10&known_at=${before['known_at']}`)).toEqual(before);
    expect(before).toMatchObject({ total: '2200000.00', due_now: '44000.00', overdue: '44000.00' });
  });

  test('a reversed payment counts while it was known', async () => {
    const payment = settled({ customerId, amount: '44000.00', on: '2026-05-08' });
    await billing.apply(payment);
    const known = await read('/outstanding');
    await billing.apply(reversed({ customerId, amount: '44000.00', paymentId: payment.paymentId }));
    expect(await read('/outstanding?as_of=2026-05-10')).toMatchObject({ total: '2200000.00' });
    expect(await read(`/outstanding?known_at=${known['known_at']}`)).toMatchObject({ total: '2156000.00' });
    const balance = await billing.get(
      `/v1/customers/${customerId}/balance?known_at=${known['known_at']}&as_of=${TODAY}`,
    );
    expect(balance.body).toMatchObject({ outstanding: '2156000.00', exposure: '1960000.00', credit: '0.00' });
  });

  test('the first answer is given again as the loan was known then', async () => {
    const principal = { amount: '2000000', currency: 'IDR' };
    const request = { customer_id: customerId, product: 'weekly-flat-50', principal };
    const first = await billing.post('/v1/loans', request, { key: 'then' });
    await billing.apply(
      settled({ customerId, amount: '44000.00', loans: [{ loan_id: first.body.id, amount: '44000.00' }] }),
    );
    expect(await billing.outstanding(first.body.id)).toBe('2156000.00');
    expect((await billing.post('/v1/loans', request, { key: 'then' })).text).toBe(first.text);
  });

  test('what is not settled knowledge yet is not answered', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const { status, body } = await billing.get(`/v1/loans/${loan.id}?known_at=${soon}`);
    expect([status, body.code]).toEqual([422, 'known_at_too_recent']);
    expect(await read('?as_of=2026-04-30')).toMatchObject({ code: 'not_found' });
  });

  test('what a slow writer may still record is not answered, however old it is', async () => {
    let knownAt = '';
    await billing.database.transaction(async (sql) => {
      await lockCustomers(sql, [customerId]);
      await sleep(10);
      knownAt = new Date().toISOString();
      await sleep(5_500);
      expect(await read(`?known_at=${knownAt}`)).toMatchObject({ code: 'known_at_too_recent' });
    });
    expect(await read(`?known_at=${knownAt}`)).toMatchObject({ id: loan.id });
  });

  test('can only be appended to, and so can the ledger', async () => {
    for (const statement of [
      'update loan_events set actor = actor',
      'delete from loan_events',
      'truncate loan_events',
      'update ledger_entries set amount = amount',
      'delete from ledger_entries',
    ]) {
      await expect(billing.rows(statement)).rejects.toThrow(/append-only/);
    }
  });

  test.each([
    {
      what: 'an edited amount',
      edit: `update loan_events set payload = replace(payload, '44000', '44001') where loan_id = $1`,
    },
    {
      what: 'an edited date',
      edit: `update loan_events set value_date = value_date - 1 where loan_id = $1 and seq = 4`,
    },
    { what: 'a deleted last row', edit: 'delete from loan_events where loan_id = $1 and seq = 4' },
    { what: 'a deleted row inside', edit: 'delete from loan_events where loan_id = $1 and seq = 2' },
  ])('$what is found by the proof', async ({ edit }) => {
    await billing.apply(settled({ customerId, amount: '44000.00' }));
    expect(await billing.isProven(loan.id)).toBe(true);
    await billing.rows('alter table loan_events disable trigger all');
    await billing.rows(edit, [loan.id]);
    await billing.rows('alter table loan_events enable trigger all');
    expect(await read('/proof')).toMatchObject({ chain_verified: false });
  });

  test('an edited projection or ledger is found by the proof', async () => {
    await billing.rows('update loans set paid_principals[1] = 1 where id = $1', [loan.id]);
    expect(await read('/proof')).toMatchObject({ fold_equals_projection: false, chain_verified: true });
    await billing.rows('alter table ledger_entries disable trigger all');
    await billing.rows('update ledger_entries set amount = amount + 1 where loan_id = $1', [loan.id]);
    await billing.rows('alter table ledger_entries enable trigger all');
    expect(await read('/proof')).toMatchObject({ ledger_equals_fold: false, chain_verified: true });
  });
});
