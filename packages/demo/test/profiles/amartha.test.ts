import { randomUUID } from 'node:crypto';
import { eventually, readTopic, startTestSystem, type TestSystem } from '@tenor/testing';
import { type Client, connect } from '../../src/client.ts';
import { type ProfileCaller, profileCaller, type Told } from './caller.ts';

/** What its client looks at in an envelope. */
interface Envelope {
  readonly code: number;
  readonly message: string;
  readonly data: Row & Loan & (Row & Schedule)[];
}
interface Row {
  readonly customer_id: string;
  readonly payment_id: string;
  readonly schedule_id: string;
  readonly amount_paid: number;
  readonly outstanding_balance: number;
}

interface Schedule {
  schedule_id: string;
  payment_no: number;
  payment_due_date: string;
  payment_amount: number;
  payment_status: string;
  is_miss_payment: boolean;
}
interface Loan {
  loan_id: string;
  customer_id: string;
  loan_amount: number;
  schedules: Schedule[];
}

const anyUuid = expect.stringMatching(/^[0-9a-f-]{36}$/);

let system: TestSystem;
let officer: Client;
let amartha: ProfileCaller<Envelope>;

beforeAll(async () => {
  const more = {
    PROFILES: 'amartha',
    OPEN_PROFILES: 'amartha',
    AMARTHA_EVENTS: 'true',
    TIME_ZONE: 'Asia/Jakarta',
    RATE_LIMIT_PER_MINUTE: '0',
  };
  system = await startTestSystem('amartha', more);
  officer = connect(system.url, system.token);
  amartha = profileCaller<Envelope>(`${system.url}/amartha`);
}, 120_000);
afterAll(() => system?.stop());

async function newCustomer(): Promise<string> {
  const { status, body } = await amartha.post('/customer', { total_customer: 1 });
  expect(status).toBe(201);
  return body.data[0]?.customer_id ?? '';
}

async function newLoan(loan_amount: unknown = 5_000_000, customer_id?: string): Promise<Loan> {
  const { status, body } = await amartha.post('/loan', {
    customer_id: customer_id ?? (await newCustomer()),
    loan_amount,
  });
  expect([status, body.code, body.message]).toEqual([201, 201, 'success']);
  return body.data;
}

const paymentOf = ({ loan_id, customer_id, schedules }: Loan, number: number, more: object = {}) => ({
  amount: schedules[number - 1]?.payment_amount,
  loan_id,
  customer_id,
  schedule_id: schedules[number - 1]?.schedule_id,
  ...more,
});
const pay = (loan: Loan, number: number, more: object = {}): Promise<Told<Envelope>> =>
  amartha.post('/payment', paymentOf(loan, number, more));
const outstandingOf = async (customerId: string): Promise<number> =>
  (await amartha.get(`/customer/${customerId}/outstanding`)).body.data.outstanding_balance;
const schedulesOf = async ({ loan_id, customer_id }: Loan): Promise<Schedule[]> =>
  (await amartha.get(`/loan/schedule?loan_id=${loan_id}&customer_id=${customer_id}`)).body.data;
const paymentsOf = async (loan: Loan): Promise<{ id: string; status: string }[]> =>
  (await officer.get<{ data: { id: string; status: string }[] }>(`/v1/payments?loan_id=${loan.loan_id}`)).data;
const refused = (code: number, message: unknown = expect.any(String)) => ({
  status: code,
  body: { code, message, data: null },
});

const dayBefore = (days: number) => new Date(Date.now() + 7 * 3_600_000 - days * 86_400_000).toISOString().slice(0, 10);

/** Of a loan that was paid out so many days ago, which this API has no way to do. */
async function openedBefore(days: number, customerId: string): Promise<Loan> {
  const loan = {
    customer_id: customerId,
    product: 'weekly-flat-50',
    principal: { amount: '5000000.00', currency: 'IDR' },
    disbursed_on: dayBefore(days),
  };
  const { body } = await officer.post<{ id: string }>('/v1/loans', loan);
  const opened = { loan_id: body.id, customer_id: customerId, loan_amount: 5_500_000, schedules: [] };
  return { ...opened, schedules: await schedulesOf(opened) };
}

describe('customers', () => {
  test.each(['/customer', '/customer/'])('samples are made and listed at %s', async (path) => {
    const { status, body } = await amartha.post(path, { total_customer: 3 });
    expect([status, body]).toEqual([201, { code: 201, message: 'success', data: expect.any(Array) }]);
    const listed = await amartha.get(path);
    expect([listed.status, listed.body.code]).toEqual([200, 200]);
    expect(body.data).toHaveLength(3);
    for (const customer of body.data) {
      expect(customer).toEqual({
        customer_id: anyUuid,
        first_name: expect.any(String),
        last_name: expect.any(String),
        email: expect.stringContaining('@example.com'),
        phone_number: null,
      });
      expect(listed.body.data).toContainEqual(customer);
    }
    const last = listed.body.data[0]?.customer_id ?? '';
    const page = await amartha.get(`${path}?limit=2&before=${last}`);
    expect(page.body.data).toEqual(listed.body.data.slice(1, 3));
  });

  test.each([0, -1, 101, 'many', undefined])('%s of them are not made', async (total_customer) => {
    expect(await amartha.post('/customer', { total_customer })).toMatchObject(
      refused(400, expect.stringContaining('total_customer')),
    );
  });
});

describe('loans', () => {
  test('5,000,000 at ten per cent is fifty weeks of 110,000', async () => {
    const loan = await newLoan();
    expect(loan).toEqual({
      loan_id: anyUuid,
      customer_id: anyUuid,
      loan_amount: 5_500_000,
      schedules: expect.any(Array),
    });
    expect(loan.schedules).toHaveLength(50);
    for (const [index, schedule] of loan.schedules.entries()) {
      expect(schedule).toEqual({
        schedule_id: anyUuid,
        loan_id: loan.loan_id,
        payment_no: index + 1,
        payment_due_date: `${dayBefore(-7 * (index + 1))}T00:00:00Z`,
        payment_amount: 110_000,
        payment_status: 'PENDING',
        is_miss_payment: false,
      });
    }
    expect(new Set(loan.schedules.map(({ schedule_id: id }) => id)).size).toBe(50);
    expect(await outstandingOf(loan.customer_id)).toBe(5_500_000);
    for (const path of ['/loan/schedule', '/loan/schedule/']) {
      const read = await amartha.get(`${path}?loan_id=${loan.loan_id}&customer_id=${loan.customer_id}`);
      expect([read.status, read.body]).toEqual([200, { code: 200, message: 'success', data: loan.schedules }]);
    }
  });

  test.each([
    [5_000_001, 5_500_001.1, 110_000.02, 110_000.12],
    ['1234569', 1_358_025.9, 27_160.52, 27_160.42],
  ])('%s makes and loses no money by rounding', async (amount, total, each, last) => {
    const loan = await newLoan(amount);
    expect(loan.loan_amount).toBe(total);
    expect(loan.schedules.slice(0, 49).every((schedule) => schedule.payment_amount === each)).toBe(true);
    expect(loan.schedules[49]?.payment_amount).toBe(last);
    expect(await outstandingOf(loan.customer_id)).toBe(total);
  });

  test('a form opens one, too', async () => {
    const form = { customer_id: await newCustomer(), loan_amount: '5000000' };
    expect((await amartha.form('/loan/', form)).body.data.loan_amount).toBe(5_500_000);
  });

  test.each([
    [-100, 400, 'loan_amount'],
    [0, 400, 'loan_amount'],
    [0.1, 400, ''],
    ['x', 400, 'loan_amount'],
    [undefined, 400, 'loan_amount'],
    [1.005, 400, 'loan_amount'],
  ])('a loan of %s is not made', async (loan_amount, status, told) => {
    const customer_id = await newCustomer();
    expect(await amartha.post('/loan', { customer_id, loan_amount })).toMatchObject(
      refused(status, expect.stringContaining(told)),
    );
    expect(await outstandingOf(customer_id)).toBe(0);
  });

  test('of nobody there is no loan, no schedule and no standing: 404, and 400 for what is no id', async () => {
    const loan = await newLoan();
    const nobody = randomUUID();
    expect(await amartha.post('/loan', { customer_id: nobody, loan_amount: 100 })).toMatchObject(refused(404));
    expect(await amartha.post('/loan', { customer_id: 'x', loan_amount: 100 })).toMatchObject(refused(400));
    const query = (loanId: string, customerId: string) =>
      amartha.get(`/loan/schedule?loan_id=${loanId}&customer_id=${customerId}`);
    expect(await query(nobody, loan.customer_id)).toMatchObject(refused(404));
    expect(await query(loan.loan_id, await newCustomer())).toMatchObject(refused(404));
    expect(await query('x', 'y')).toMatchObject(refused(400));
    expect(await amartha.get('/loan/schedule')).toMatchObject(refused(400));
    for (const id of [nobody, 'x']) {
      expect(await amartha.get(`/customer/${id}/delinquent`)).toMatchObject(refused(404));
      expect(await amartha.get(`/customer/${id}/outstanding/`)).toMatchObject(refused(404));
    }
  });
});

describe('payments', () => {
  test.each(['/payment', '/payment/'])('the oldest instalment is paid at %s', async (path) => {
    const loan = await newLoan();
    const { status, body } = await amartha.post(path, paymentOf(loan, 1));
    expect([status, body]).toEqual([
      201,
      {
        code: 201,
        message: 'success',
        data: {
          payment_id: anyUuid,
          amount_paid: 110_000,
          payment_status: 'PAID',
          payment_date: expect.stringMatching(/Z$/),
          payment_method: 'Virtual Account',
          loan_id: loan.loan_id,
          schedule_id: loan.schedules[0]?.schedule_id,
        },
      },
    ]);
    expect((await schedulesOf(loan)).map(({ payment_status }) => payment_status).slice(0, 2)).toEqual([
      'PAID',
      'PENDING',
    ]);
    expect(await outstandingOf(loan.customer_id)).toBe(5_390_000);
  });

  test('of identical ones at once, and of retries, one is recorded, on each of forty instalments', async () => {
    const loan = await newLoan();
    for (let number = 1; number <= 40; number += 1) {
      const both = await Promise.all([pay(loan, number), pay(loan, number)]);
      expect(both.map(({ status }) => status)).toEqual([201, 201]);
      expect(both[0]?.body.data.payment_id).toBe(both[1]?.body.data.payment_id);
    }
    expect((await pay(loan, 7)).body.data.amount_paid).toBe(110_000);
    expect(await outstandingOf(loan.customer_id)).toBe(1_100_000);
    expect(await paymentsOf(loan)).toHaveLength(40);
    for (let number = 41; number <= 50; number += 1) expect((await pay(loan, number)).status).toBe(201);
    expect(await outstandingOf(loan.customer_id)).toBe(0);
    expect(await pay(loan, 50, { amount: '110000.00' })).toMatchObject({ status: 201 });
    expect(await pay(loan, 50, { amount: 1 })).toMatchObject(refused(400));
  }, 60_000);

  test.each([1, -5, 0, 109_999.99, 110_000.01, 220_000, '1e3', 'x', undefined])(
    'an amount of %s pays nothing',
    async (amount) => {
      const loan = await newLoan();
      expect(await pay(loan, 1, { amount })).toMatchObject(refused(400));
      expect(await paymentsOf(loan)).toEqual([]);
      expect((await pay(loan, 1, { amount: '110000' })).status).toBe(201);
    },
  );

  test('only the oldest unpaid instalment takes money: 409 for another', async () => {
    const loan = await newLoan();
    expect(await pay(loan, 2)).toMatchObject(refused(409, expect.stringContaining('oldest')));
    expect(await pay(loan, 2, { amount: 1 })).toMatchObject(refused(409));
    await pay(loan, 1);
    expect((await pay(loan, 2)).status).toBe(201);
    expect(await outstandingOf(loan.customer_id)).toBe(5_280_000);
  });

  test('a payment that was taken back frees its instalment, as often as it happens', async () => {
    const loan = await newLoan();
    const ids = new Set<string>();
    for (let round = 1; round <= 3; round += 1) {
      const { body } = await pay(loan, 1);
      ids.add(body.data.payment_id);
      if (round === 3) break;
      const key = { 'idempotency-key': randomUUID() };
      expect((await officer.post(`/v1/payments/${body.data.payment_id}/reverse`, {}, key)).status).toBe(200);
    }
    expect(ids.size).toBe(3);
    await eventually(async () => (await outstandingOf(loan.customer_id)) === 5_390_000);
    expect((await pay(loan, 1)).body.data.payment_id).toBe([...ids][2]);
  });

  test('what is unknown is 404, and what is missing 400', async () => {
    const loan = await newLoan();
    const other = await newLoan();
    expect(await pay(loan, 1, { schedule_id: randomUUID() })).toMatchObject(refused(404));
    expect(await pay(loan, 1, { schedule_id: other.schedules[0]?.schedule_id })).toMatchObject(refused(404));
    expect(await pay(loan, 1, { customer_id: other.customer_id })).toMatchObject(refused(404));
    expect(await pay(loan, 1, { customer_id: randomUUID() })).toMatchObject(refused(404));
    expect(await amartha.post('/payment', {})).toMatchObject(refused(400, expect.stringContaining('schedule_id')));
    expect(await pay(loan, 1, { loan_id: 5 })).toMatchObject(refused(400));
  });
});

describe('standings of customers', () => {
  test('all loans count, and delinquency is told at the reading', async () => {
    const customer = await newCustomer();
    const late = await openedBefore(15, customer);
    await newLoan(1_000_000, customer);
    const delinquent = async () => (await amartha.get(`/customer/${customer}/delinquent/`)).body;
    expect(await delinquent()).toEqual({ code: 200, message: 'success', data: { is_delinquent: true } });
    expect(await outstandingOf(customer)).toBe(6_600_000);
    expect(late.schedules.map(({ is_miss_payment }) => is_miss_payment).slice(0, 3)).toEqual([true, true, false]);
    expect((await pay(late, 1)).status).toBe(201);
    expect((await delinquent()).data).toEqual({ is_delinquent: false });
    expect((await pay(late, 2)).status).toBe(201);
    expect((await schedulesOf(late))[1]).toMatchObject({ payment_status: 'PAID', is_miss_payment: false });
  });
});

describe('who may', () => {
  test('no token is asked for, but one that is sent must be good, and be of somebody who may', async () => {
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    expect((await amartha.get('/customer', bearer(system.token))).status).toBe(200);
    expect(await amartha.get('/customer', bearer('forged'))).toMatchObject(refused(401));
  });

  test('what is no JSON, no path and no method is told in the envelope', async () => {
    expect(await amartha.raw('/loan', '{', 'application/json')).toMatchObject(refused(400));
    expect(await amartha.raw('/loan', 'x', 'text/plain')).toMatchObject(refused(415));
    expect(await amartha.get('/nothing')).toMatchObject(refused(404));
    expect(await amartha.get('/payment')).toMatchObject(refused(405));
  });
});

interface ToldEvent {
  EventID: string;
  EventName: string;
  Data: Record<string, unknown> & { loan?: Record<string, unknown>; schedules?: Schedule[] };
}

describe('its own events', () => {
  const told = async (topic: string): Promise<ToldEvent[]> =>
    (await readTopic(system.tenant.brokers, `${system.tenant.topicPrefix}${topic}`)).map(
      ({ value }) => value as ToldEvent,
    );
  const of = (events: readonly ToldEvent[], loanId: string) =>
    events.filter(({ Data }) => (Data.loan ?? Data)['loan_id'] === loanId);

  test('a loan is told with its schedules, and each instalment that is paid', async () => {
    const loan = await newLoan();
    const payments = [await pay(loan, 1), await pay(loan, 2)];
    await eventually(async () => of(await told('payment-topic'), loan.loan_id).length >= 2, { timeoutMs: 15_000 });
    const [created, ...more] = of(await told('loan-topic'), loan.loan_id);
    expect(more).toEqual([]);
    expect(created).toEqual({
      EventID: anyUuid,
      EventName: 'LOAN_CREATED',
      Data: {
        loan: {
          loan_id: loan.loan_id,
          customer_id: loan.customer_id,
          principal_amount: 5_000_000,
          interest_rate: 10,
          start_date: `${dayBefore(0)}T00:00:00Z`,
          end_date: loan.schedules[49]?.payment_due_date,
          outstanding_balance: 5_500_000,
          is_delinquent: false,
        },
        schedules: loan.schedules,
      },
    });
    const paid = of(await told('payment-topic'), loan.loan_id);
    expect(paid).toEqual(
      payments.map(({ body }) => ({
        EventID: anyUuid,
        EventName: 'PAYMENT_PAID',
        Data: {
          payment_id: body.data.payment_id,
          loan_id: loan.loan_id,
          customer_id: loan.customer_id,
          schedule_id: body.data.schedule_id,
          payment_date: expect.any(String),
          amount_paid: 110_000,
          payment_method: 'Virtual Account',
          payment_status: 'PAID',
        },
      })),
    );
  });
});

describe('billing away', () => {
  test('payments and loans of the meantime are there once it is back', async () => {
    const loan = await newLoan();
    expect((await pay(loan, 1)).status).toBe(201);
    await system.services.billing.stop();
    const paid = await pay(loan, 2);
    expect(paid).toMatchObject({ status: 201, body: { data: { payment_status: 'PAID' } } });
    await system.services.payment.stop();
    await system.services.billing.start();
    const meanwhile = await newLoan();
    await system.services.payment.start();
    expect((await pay(meanwhile, 1)).status).toBe(201);
    await eventually(async () => (await outstandingOf(loan.customer_id)) === 5_280_000, { timeoutMs: 20_000 });
    expect((await pay(loan, 2)).body).toEqual(paid.body);
  }, 60_000);
});
