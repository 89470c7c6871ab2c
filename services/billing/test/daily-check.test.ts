import { setTimeout as pause } from 'node:timers/promises';
import { date, type LocalDate } from '@tenor/calendar';
import { isRefusal, newId, runUnitOfWork } from '@tenor/service-kit';
import { eventually, openSql } from '@tenor/testing';
import { checkDay, startCheck } from '../src/daily-check/daily-check.commands.ts';
import { runDailyCheck } from '../src/daily-check.ts';
import { type BillingTest, reversed, settled, startBillingTest, TODAY } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('daily_check');
});
afterAll(() => billing.stop());

const monthly = { interest_method: 'none', frequency: { every: 1, unit: 'month' }, number_of_instalments: 3 };
const KINDS = ['loan.became_delinquent', 'loan.cured', 'loan.bucket_changed'];
/** More than one chunk holds. */
const MANY = 55;

/** Billing on that day, as far as the daily check needs it; instalments are told of on their due dates. */
const serviceOn = (day: string) => ({ database: billing.database, today: () => date(day), dueSoonDays: 0, pause });
async function start(day: string, from = day): Promise<LocalDate> {
  const context = { caller: { id: 'test', roles: [] }, requestId: newId() };
  const started = await runUnitOfWork(billing.database, context, (uow) => startCheck(uow, serviceOn(day), date(from)));
  if (isRefusal(started)) throw new Error(started.detail);
  return started.day;
}
const check = async (day: string, from = day) => checkDay(serviceOn(day), await start(day, from));

/** Lent today: due on 8 and 15 June, and weekly after. */
const opened = async () => {
  const customerId = await billing.customer();
  return { customerId, id: (await billing.loan(customerId)).id };
};
const nextChange = async (id: string) =>
  (await billing.rows<{ on: string | null }>('select next_change_on::text as on from loans where id = $1', [id]))[0]
    ?.on;

/** What was announced of the customer's loan, once that many events about it are published. */
const told = async (customerId: string, count: number) =>
  (await billing.published(customerId, 'loans', count))
    .filter(({ type }) => KINDS.includes(type))
    .map(({ type, data }) => [type, data['as_of'], data['days_past_due'], data['bucket']]);

describe('the daily check', () => {
  test('announces each change on its day, once, however often it runs, and visits no loan between', async () => {
    const { customerId, id } = await opened();
    expect(await nextChange(id)).toBe('2026-06-09');
    expect(await check('2026-06-07')).toMatchObject({ total: 0, done: 0 });
    expect(await check('2026-06-09')).toMatchObject({ total: 1, done: 1 });
    expect(await nextChange(id)).toBe('2026-06-16');
    expect(await check('2026-06-09')).toMatchObject({ total: 1, done: 1 });
    expect(await check('2026-06-14')).toMatchObject({ total: 0, done: 0 });
    await check('2026-06-16');
    expect(await told(customerId, 5)).toEqual([
      ['loan.bucket_changed', '2026-06-09', 1, '1-30'],
      ['loan.became_delinquent', '2026-06-16', 8, '1-30'],
    ]);
    await billing.apply(settled({ customerId, amount: '2200000.00' }));
    expect(await nextChange(id)).toBeNull();
    expect((await told(customerId, 9)).slice(2).map(([type]) => type)).toEqual(['loan.cured', 'loan.bucket_changed']);
    expect(await billing.isProven(id)).toBe(true);
  });

  test('that missed days announces where a loan came to, not what it passed through', async () => {
    const { customerId, id } = await opened();
    expect(await check('2026-07-20', '2026-06-10')).toMatchObject({ day: '2026-06-10', done: 1 });
    await check('2026-07-20');
    expect(await told(customerId, 6)).toEqual([
      ['loan.became_delinquent', '2026-07-20', 42, '31-60'],
      ['loan.bucket_changed', '2026-07-20', 42, '31-60'],
    ]);
    await billing.apply(settled({ customerId, amount: '2200000.00' }));
    expect(await nextChange(id)).toBeNull();
  });

  test('is shared by several, goes on after a kill, and leaves a customer who is being written for later', async () => {
    const loans = await Promise.all(Array.from({ length: MANY }, opened));
    const day = await start('2026-06-17');
    const [first, writing] = [loans[0]?.customerId ?? '', await openSql(billing.tenant.adminUrl)];
    await writing.rows('set search_path = billing');
    await writing.rows('begin');
    await writing.rows('select from customers where id = $1 for update', [first]);

    let chunks = 0;
    const interrupted = await checkDay(serviceOn(day), day, () => chunks++ > 0);
    expect(interrupted).toMatchObject({ total: MANY, finishedAt: null });
    expect(interrupted?.done).toBeLessThan(MANY);
    expect(interrupted?.done).toBeGreaterThan(0);

    const checks = [1, 2, 3].map(() => checkDay(serviceOn(day), day));
    await eventually(async () => {
      const [row] = await billing.rows<{ done: number }>('select done from end_of_days where day = $1', [day]);
      if (row?.done !== MANY - 1) throw new Error(`${row?.done} are done`);
    });
    await writing.rows('rollback');
    await writing.close();
    await Promise.all(checks);
    expect(await checkDay(serviceOn(day), day)).toMatchObject({ total: MANY, done: MANY });
    // Opened, approved, paid out; then delinquent and in another bucket, each told once.
    const ids = loans.map(({ id }) => id);
    const published = await billing.rows('select distinct event_sequence::integer from loans where id = any($1)', [
      ids,
    ]);
    expect(published).toEqual([{ event_sequence: 5 }]);
  });
});

describe('an instalment that falls due soon', () => {
  /** In order, the instalments of the loan that were told of by the checks of these days, three days ahead. */
  const toldBy = async (customerId: string, count: number, ...days: readonly string[]) => {
    for (const day of days) {
      const service = { ...serviceOn(day), dueSoonDays: 3 };
      await checkDay(service, await start(day));
      await checkDay(service, date(day));
    }
    const events = await billing.published(customerId, 'loans', count, 'loan.instalment_due_soon');
    return events.map(({ data }) => [data['as_of'], data['instalment'], data['due_date'], data['amount']]);
  };
  const holiday = (id: string, more: object) =>
    billing.post(`/v1/loans/${id}/payment-holidays`, { instalments: 1, ...more });

  test('is told of once, so many days ahead or by the first check after that, and not once it is paid', async () => {
    const { customerId, id } = await opened();
    await billing.apply(settled({ customerId, amount: '44000.00' }));
    const days = ['2026-06-05', '2026-06-11', '2026-06-12', '2026-06-13', '2026-06-15', '2026-06-24'];
    expect(await toldBy(customerId, 1, ...days)).toEqual([['2026-06-12', 2, '2026-06-15', '44000.00']]);
    // 22 June was never checked in time; 29 June comes next.
    expect(await toldBy(customerId, 2, '2026-06-26')).toEqual([
      ['2026-06-12', 2, '2026-06-15', '44000.00'],
      ['2026-06-26', 4, '2026-06-29', '44000.00'],
    ]);
    await billing.apply(settled({ customerId, amount: '2156000.00' }));
    expect(await toldBy(customerId, 2, '2026-07-04')).toHaveLength(2);
    expect(await billing.isProven(id)).toBe(true);
  });

  test('is not told of again when its payment is taken back, and told of as it is once its date has moved', async () => {
    const product = { code: 'soon', name: 'Soon', currency: 'USD', terms: monthly };
    expect((await billing.post('/v1/products', product, { role: 'admin' })).status).toBe(201);
    const customerId = await billing.customer();
    const lent = { product: 'soon', principal: { amount: '30.00', currency: 'USD' }, disbursed_on: '2026-05-04' };
    const { id } = await billing.loan(customerId, lent);
    expect(await toldBy(customerId, 1, '2026-06-02')).toEqual([['2026-06-02', 1, '2026-06-04', '10.00']]);

    const paid = { customerId, amount: '10.00', currency: 'USD' };
    const payment = settled(paid);
    await billing.apply(payment);
    await billing.apply(reversed({ ...paid, paymentId: payment.paymentId }));
    expect(await toldBy(customerId, 1, '2026-06-03')).toHaveLength(1);

    expect((await holiday(id, { value_date: '2026-05-20' })).status).toBe(200);
    expect(await toldBy(customerId, 2, '2026-06-04', '2026-07-01', '2026-07-02')).toEqual([
      ['2026-06-02', 1, '2026-06-04', '10.00'],
      ['2026-07-01', 2, '2026-07-04', '10.00'],
    ]);
  });
});

describe('beside others', () => {
  test('a payment of the same moment and the check announce one after the other, each from where the last one left it', async () => {
    const loans = await Promise.all(Array.from({ length: 5 }, opened));
    const day = await start('2026-06-18');
    const payments = loans.map(({ customerId }) => billing.apply(settled({ customerId, amount: '44000.00' })));
    await Promise.all([checkDay(serviceOn(day), day), ...payments]);
    await checkDay(serviceOn(day), day);
    for (const { customerId, id } of loans) {
      const [row] = await billing.rows<{ sequence: number; late: boolean; bucket: string }>(
        'select event_sequence::integer as sequence, announced_delinquent as late, announced_bucket as bucket from loans where id = $1',
        [id],
      );
      const events = (await billing.published(customerId, 'loans', row?.sequence ?? 0)).filter(({ type }) =>
        KINDS.includes(type),
      );
      const buckets = events.filter(({ type }) => type === 'loan.bucket_changed').map(({ data }) => data);
      expect(buckets.map(({ from }) => from)).toEqual(['current', ...buckets.slice(0, -1).map(({ bucket }) => bucket)]);
      const turns = events.filter(({ type }) => type !== 'loan.bucket_changed').map(({ type }) => type);
      expect(turns).toEqual(turns.map((_, turn) => KINDS[turn % 2]));
      expect([row?.late, row?.bucket, turns.length % 2]).toEqual([false, buckets.at(-1)?.['bucket'], 0]);
    }
  });

  test('a loan waits for the check until its own day has begun', async () => {
    const product = {
      code: 'in-lima',
      name: 'In Lima',
      currency: 'USD',
      terms: { interest_method: 'none', frequency: { every: 1, unit: 'week' }, number_of_instalments: 4 },
      time_zone: 'America/Lima',
    };
    expect((await billing.post('/v1/products', product, { role: 'admin' })).status).toBe(201);
    const lent = { product: 'in-lima', principal: { amount: '40.00', currency: 'USD' } };
    const { id } = await billing.loan(await billing.customer(), lent);
    const [elsewhere, lima] = [date('2026-06-09'), date('2026-06-08')];
    const service = { ...serviceOn(elsewhere), today: (zone: string | null) => (zone === null ? elsewhere : lima) };
    await checkDay(service, await start(elsewhere));
    expect(await nextChange(id)).toBe('2026-06-09');
    await check(elsewhere);
    expect(await nextChange(id)).toBe('2026-06-16');
  });
});

describe('POST /v1/end-of-day', () => {
  test('starts the check of the business date, whose progress can be read', async () => {
    const { status, body, headers } = await billing.post('/v1/end-of-day', undefined, { role: 'admin' });
    expect([status, body['date'], headers['location']]).toEqual([202, TODAY, `/v1/end-of-day/${TODAY}`]);
    await eventually(async () => {
      const { body: read } = await billing.get(`/v1/end-of-day/${TODAY}`);
      if (read.status !== 'finished') throw new Error(`${read.status}`);
      expect(read).toMatchObject({ date: TODAY, total: 0, done: 0, finished_at: expect.any(String) });
    });
  });

  test('answers a retry alike', async () => {
    const [one, other] = [
      await billing.post('/v1/end-of-day', { date: '2026-05-31' }, { role: 'admin', key: 'may' }),
      await billing.post('/v1/end-of-day', { date: '2026-05-31' }, { role: 'admin', key: 'may' }),
    ];
    expect([one.status, other.status, other.headers['idempotency-replayed']]).toEqual([202, 202, 'true']);
  });

  test.each([
    [{ date: '2026-06-02' }, 'admin', 422, 'value_date_in_future'],
    [{ date: '2026-02-30' }, 'admin', 400, 'validation_failed'],
    [{ day: TODAY }, 'admin', 400, 'validation_failed'],
    [{}, 'officer', 403, 'forbidden'],
  ])('%j by %s is refused', async (body, role, status, code) => {
    const refused = await billing.post('/v1/end-of-day', body, { role });
    expect([refused.status, refused.body.code]).toEqual([status, code]);
  });

  test('a day that was never checked is not there', async () => {
    expect((await billing.get('/v1/end-of-day/2020-01-01')).status).toBe(404);
  });
});

describe('the command line', () => {
  const clock = { now: () => new Date('2026-08-01T10:00:00Z') };

  test('checks the day that it is', async () => {
    const { id, customerId } = await opened();
    await runDailyCheck(billing.config, undefined, clock);
    expect((await billing.get('/v1/end-of-day/2026-08-01')).body).toMatchObject({ status: 'finished' });
    expect(await nextChange(id)).toBe('2026-08-04');
    expect(await told(customerId, 6)).toHaveLength(2);
  });

  test('refuses a day that has not begun', async () => {
    await expect(runDailyCheck(billing.config, '2026-08-02', clock)).rejects.toThrow('after the business date');
  });
});
