import { setTimeout as pause } from 'node:timers/promises';
import { date } from '@tenor/calendar';
import { newId, runUnitOfWork } from '@tenor/service-kit';
import { openSql } from '@tenor/testing';
import { insertEntries, type LedgerEntry } from '../src/ledger/ledger.store.ts';
import { databaseClock } from '../src/loans/database-clock.store.ts';
import { type BillingTest, reversed, settled, startBillingTest, TODAY } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('periods');
});
afterAll(() => billing.stop());

const admin = { role: 'admin' };
const close = (month: string, options: { role?: string; key?: string } = admin) =>
  billing.post(`/v1/periods/${month}/close`, undefined, options);
const trialBalance = async (query: string) => (await billing.get(`/v1/reports/trial-balance?${query}`)).body;
/** The balances by account of the only currency there is. */
async function balancesOf(query: string): Promise<Record<string, string>> {
  const { currencies } = (await trialBalance(query)) as unknown as {
    currencies: { debits: string; credits: string; accounts: { account: string; balance: string }[] }[];
  };
  expect(currencies.map(({ debits, credits }) => debits === credits)).toEqual(currencies.map(() => true));
  return Object.fromEntries(currencies.flatMap(({ accounts }) => accounts.map((each) => [each.account, each.balance])));
}
const lent = async (disbursedOn: string) => {
  const customerId = await billing.customer();
  const { id } = await billing.loan(customerId, { disbursed_on: disbursedOn });
  return { customerId, id };
};
const bookedOn = (loanId: string) =>
  billing.rows<{ value_date: string; booked_on: string }>(
    `select distinct value_date::text, booked_on::text from ledger_entries where loan_id = $1 order by 1, 2`,
    [loanId],
  );

describe('months of the books', () => {
  test('none is closed at first, and a month must be over, be a month, and be closed by who may', async () => {
    expect((await billing.get('/v1/periods')).body).toEqual({ open_from: null, data: [], next_cursor: null });
    const before = await billing.snapshot();
    expect(await close('2026-06')).toMatchObject({
      status: 422,
      body: { code: 'period_not_over', meta: { business_date: TODAY } },
    });
    for (const month of ['2026-13', '2026-1', '26-01', '1899-01', 'may'])
      expect(await close(month)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    for (const role of ['officer', 'auditor', 'service'])
      expect(await close('2026-05', { role })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await billing.snapshot()).toBe(before);
  });

  test('close in order, once, for good; those before the first close with it', async () => {
    const first = await close('2026-02', { ...admin, key: 'close-2026-02' });
    expect(first).toMatchObject({ status: 200, body: { month: '2026-02', status: 'closed' } });
    const again = await close('2026-02', { ...admin, key: 'close-2026-02' });
    expect([again.body, again.headers['idempotency-replayed']]).toEqual([first.body, 'true']);
    expect((await billing.get('/v1/periods')).body).toMatchObject({ open_from: '2026-03-01', data: [first.body] });

    const before = await billing.snapshot();
    for (const [month, status] of [
      ['2026-02', 'closed'],
      ['2026-01', 'closed'],
      ['2026-04', 'open'],
    ] as const) {
      expect(await close(month)).toMatchObject({
        status: 409,
        body: { code: 'state_conflict', meta: { status, allowed: ['2026-03'] } },
      });
    }
    expect(await billing.snapshot()).toBe(before);
    for (const text of ['delete from periods', `update periods set month = '2026-01-01'`, 'truncate periods'])
      await expect(billing.rows(text)).rejects.toThrow('append-only');
    const page = (await billing.get('/v1/periods?limit=1')).body;
    expect([page.data.length, page.next_cursor]).toEqual([1, null]);
  });

  test('what is dated in a closed month is booked on the first open day, and moves no balance of a closed month', async () => {
    const { customerId, id } = await lent('2026-01-05');
    expect(await bookedOn(id)).toEqual([{ value_date: '2026-01-05', booked_on: '2026-03-01' }]);
    const march = settled({ customerId, amount: '44000.00', on: '2026-03-10' });
    await billing.apply(march);
    await close('2026-03');
    const [booked, valued] = await Promise.all([
      balancesOf('as_of=2026-03-31&by=booked_on'),
      balancesOf('as_of=2026-03-31'),
    ]);
    expect(booked['loan_principal']).toBe('1960000.00');

    await billing.apply(settled({ customerId, amount: '44000.00', on: '2026-02-10' }));
    await billing.apply(reversed({ customerId, amount: '44000.00', paymentId: march.paymentId }));
    await lent('2026-03-30');
    expect(await balancesOf('as_of=2026-03-31&by=booked_on')).toEqual(booked);
    expect(await balancesOf('as_of=2026-03-31')).not.toEqual(valued);
    expect(await balancesOf('by=booked_on')).toEqual(await balancesOf(''));
    expect(await billing.isProven(id)).toBe(true);
  });
});

describe('a month that is closed while somebody books', () => {
  test('waits for who booked in it before, and who comes later books in the next', async () => {
    const [one, other] = [await lent('2026-04-01'), await lent('2026-04-01')];
    const [booked, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const context = { caller: { id: 'test', roles: [] }, requestId: newId() };
    const booking = runUnitOfWork(billing.database, context, async (uow) => {
      insertEntries(uow, [entryOf(one, '2026-04-20')]);
      await databaseClock(uow);
      booked.resolve();
      await mayEnd.promise;
    });
    await booked.promise;
    const closing = close('2026-04');
    const isWaiting = await Promise.race([closing.then(() => false), pause(300).then(() => true)]);
    const second = billing.apply(settled({ customerId: other.customerId, amount: '44000.00', on: '2026-04-20' }));
    mayEnd.resolve();
    await booking;
    expect([isWaiting, (await closing).status]).toEqual([true, 200]);
    await second;
    const april = { value_date: '2026-04-20', booked_on: '2026-04-20' };
    expect(await bookedOn(one.id)).toContainEqual(april);
    expect(await bookedOn(other.id)).toContainEqual({ ...april, booked_on: '2026-05-01' });
  });

  test('is seen by who waited for it, although it had read that the month was open', async () => {
    const { customerId, id } = await lent('2026-05-01');
    const closing = await openSql(billing.tenant.adminUrl);
    await closing.rows('set search_path = billing');
    await closing.rows('begin');
    await closing.rows('select hold_booking()');
    await closing.rows(`insert into periods (month, closed_by) values ('2026-05-01', 'test')`);
    const writing = billing.apply(settled({ customerId, amount: '44000.00', on: '2026-05-20' }));
    const isWaiting = await Promise.race([writing.then(() => false), pause(300).then(() => true)]);
    await closing.rows('commit');
    await closing.close();
    await writing;
    expect(isWaiting).toBe(true);
    expect(await bookedOn(id)).toContainEqual({ value_date: '2026-05-20', booked_on: '2026-06-01' });
  });
});

describe('the trial balance', () => {
  test('is by currency, of all accounts with postings, and the same question has the same answer', async () => {
    const { customerId } = await lent('2026-06-01');
    await billing.loan(customerId, {
      product: 'open-30-weeks',
      principal: { amount: '10.00', currency: 'USD' },
    });
    const all = await trialBalance('');
    expect(all).toMatchObject({ as_of: TODAY, by: 'value_date', earned_through: null });
    expect((all['currencies'] as { currency: string }[]).map(({ currency }) => currency)).toEqual(['IDR', 'USD']);
    expect((await trialBalance('currency=USD'))['currencies']).toEqual([
      {
        currency: 'USD',
        debits: '10.00',
        credits: '10.00',
        accounts: [
          { account: 'cash_clearing', side: 'debit', debits: '0.00', credits: '10.00', balance: '-10.00' },
          { account: 'loan_principal', side: 'debit', debits: '10.00', credits: '0.00', balance: '10.00' },
        ],
      },
    ]);
    expect((await trialBalance('currency=KWD'))['currencies']).toEqual([]);
  });

  test('answers by what nobody adds to any more, and refuses an instant that somebody may', async () => {
    const { customerId } = await lent('2026-06-01');
    const before = await trialBalance('');
    const stalled = await billing.stall(settled({ customerId, amount: '44000.00' }));
    const meanwhile = await trialBalance('');
    const { now } = (await billing.rows<{ now: string }>('select clock_timestamp() as now'))[0] ?? { now: '' };
    const asked = await billing.get(`/v1/reports/trial-balance?known_at=${encodeURIComponent(instant(now))}`);
    await stalled.end();
    expect(asked).toMatchObject({ status: 422, body: { code: 'known_at_too_recent' } });
    expect(meanwhile['currencies']).toEqual(before['currencies']);
    expect((await trialBalance(''))['currencies']).not.toEqual(before['currencies']);
  });

  test.each([
    'as_of=2026-02-30',
    'known_at=yesterday',
    'currency=rupiah',
    'by=posted',
    'basis=cash',
    'as_of=1066-10-14',
  ])('refuses %s', async (query) => {
    expect(await billing.get(`/v1/reports/trial-balance?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    });
  });
});

const entryOf = ({ customerId, id: loanId }: { customerId: string; id: string }, on: string): LedgerEntry => ({
  customerId,
  loanId,
  eventId: null,
  valueDate: date(on),
  debit: 'interest_receivable',
  credit: 'interest_income',
  amount: 1n,
  currency: 'IDR',
  instalment: 1,
  component: 'interest',
  recordedAt: `${TODAY}T10:00:00.000000Z`,
});
const instant = (text: unknown): string => new Date(String(text)).toISOString();
