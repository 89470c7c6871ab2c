import { newId } from '@tenor/service-kit';
import { eventually, readTopic } from '@tenor/testing';
import { startPayment } from '../../src/app.ts';
import { type PaymentTest, paying, startPaymentTest } from '../payment-service.ts';

let payment: PaymentTest;
beforeAll(async () => {
  payment = await startPaymentTest('record');
});
afterAll(() => payment.stop());

describe('POST /v1/payments', () => {
  test('settles at once, allocated to the oldest instalments, and answers 201', async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const { status, body, headers } = await payment.post('/v1/payments', paying(customerId, '200.00'));
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/payments/${body.id}`);
    expect(body).toMatchObject({
      status: 'settled',
      customer_id: customerId,
      amount: { amount: '200.00', currency: 'IDR' },
      value_date: new Date().toISOString().slice(0, 10),
      method: 'manual',
      external_id: null,
      allocations: [{ loan_id: loan.id, amount: '200.00' }],
      unapplied: '0.00',
    });
    expect((await payment.get(`/v1/payments/${body.id}`)).body).toEqual(body);
  });

  test("publishes 'payment.settled' with what it asks of each loan, and a hash in place of the external id", async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const externalId = `bank-${newId()}`;
    const asked = paying(customerId, '100.00', {
      external_id: externalId,
      value_date: '2026-02-01',
      allocations: [{ loan_id: loan.id, amount: '100.00' }],
    });
    const { body } = await payment.post('/v1/payments', asked);
    const topic = `${payment.tenant.topicPrefix}payment.payments.v1`;
    const message = await eventually(async () => {
      const messages = await readTopic(payment.tenant.brokers, topic);
      const found = messages.find(({ value }) => (value as { subject: string }).subject === body.id);
      if (!found) throw new Error('not published yet');
      return found;
    });
    expect(message.key).toBe(customerId);
    expect(JSON.stringify(message.value)).not.toContain(externalId);
    expect(message.value).toMatchObject({
      type: 'payment.settled',
      sequence: 1,
      partitionkey: customerId,
      data: {
        payment_id: body.id,
        customer_id: customerId,
        external_ref: expect.stringMatching(/^[0-9a-f]{64}$/),
        currency: 'IDR',
        amount: '100.00',
        value_date: '2026-02-01',
        method: 'manual',
        allocation: 'explicit',
        allocations: [{ loan_id: loan.id, amount: '100.00' }],
      },
    });
  });

  test('takes named loans in the order of the request', async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const second = await payment.anotherLoan(customerId, { paymentPolicy: 'any' });
    const allocations = [
      { loan_id: second.id, amount: '12.34' },
      { loan_id: loan.id, amount: '100.00' },
    ];
    const { status, body } = await payment.post('/v1/payments', paying(customerId, '112.34', { allocations }));
    expect([status, body.allocations]).toEqual([201, allocations]);
  });

  test('leaves the excess over everything owed unapplied', async () => {
    const { customerId } = await payment.customerWithLoan();
    const { body } = await payment.post('/v1/payments', paying(customerId, '350.00'));
    expect(body.unapplied).toBe('50.00');
  });

  test('refuses a second payment with the same external_id, be there something to pay or not', async () => {
    const { customerId } = await payment.customerWithLoan({ instalments: ['100.00'] });
    const asked = paying(customerId, '100.00', { external_id: `bank-${newId()}` });
    await payment.post('/v1/payments', asked);
    const before = await payment.snapshot();
    const second = await payment.post('/v1/payments', asked);
    expect([second.status, second.body.code]).toEqual([409, 'already_exists']);
    expect(await payment.snapshot()).toBe(before);
  });

  test("keeps a payment above everything on loans that take no credit as rejected, and says so with 'payment.rejected'", async () => {
    const { customerId } = await payment.customerWithLoan({ paymentPolicy: 'any', overpayment: 'reject' });
    const key = newId();
    const first = await payment.post('/v1/payments', paying(customerId, '300.01'), { key });
    expect([first.status, first.body.code]).toEqual([422, 'amount_exceeds_outstanding']);
    const stored = await payment.get(`/v1/payments/${first.body.meta['payment_id']}`);
    expect(stored.body).toMatchObject({
      status: 'rejected',
      allocations: [],
      unapplied: '300.01',
      reject_code: 'amount_exceeds_outstanding',
    });
    const replay = await payment.post('/v1/payments', paying(customerId, '300.01'), { key });
    expect(replay.body).toEqual({ ...first.body, request_id: replay.body.request_id });
    expect(await payment.rows('select 1 from payments where customer_id = $1', [customerId])).toHaveLength(1);
    const topic = `${payment.tenant.topicPrefix}payment.payments.v1`;
    await eventually(async () => {
      const messages = await readTopic(payment.tenant.brokers, topic);
      const rejected = messages.filter(({ key: of }) => of === customerId).map(({ value }) => value);
      expect(rejected).toMatchObject([{ type: 'payment.rejected', data: { code: 'amount_exceeds_outstanding' } }]);
    });
  });
});

describe('the business date', () => {
  test("is today in the installation's time zone, and what comes after it is the future", async () => {
    const { customerId } = await payment.customerWithLoan();
    const now = new Date('2026-03-01T20:00:00Z');
    const jakarta = await startPayment({ ...payment.config, TIME_ZONE: 'Asia/Jakarta' }, { now: () => now });
    try {
      const { post } = payment.clientOf(jakarta.app);
      const { body } = await post('/v1/payments', paying(customerId, '100.00'));
      expect(body).toMatchObject({ status: 'settled', value_date: '2026-03-02' });
      const future = await post('/v1/payments', paying(customerId, '100.00', { value_date: '2026-03-03' }));
      expect([future.status, future.body.code]).toEqual([422, 'value_date_in_future']);
    } finally {
      await jakarta.stop();
    }
  });
});

describe('the business date of a payment', () => {
  // The 2nd of March in Jakarta, still the 1st in New York.
  const now = new Date('2026-03-01T20:00:00Z');

  test.each([
    { timeZone: 'America/New_York', today: '2026-03-01', tomorrow: '2026-03-02' },
    { timeZone: 'Asia/Jakarta', today: '2026-03-02', tomorrow: '2026-03-03' },
    { timeZone: undefined, today: '2026-03-01', tomorrow: '2026-03-02' },
  ])('is $today in $timeZone, where its product lends', async ({ timeZone, today, tomorrow }) => {
    const { customerId, loan } = await payment.customerWithLoan({ ...(timeZone && { timeZone }) });
    const there = await startPayment({ ...payment.config, TIME_ZONE: 'UTC' }, { now: () => now });
    try {
      const { post } = payment.clientOf(there.app);
      const named = { allocations: [{ loan_id: loan.id, amount: '100.00' }] };
      const { body } = await post('/v1/payments', paying(customerId, '100.00', named));
      expect(body).toMatchObject({ status: 'settled', value_date: today });
      const dated = await post('/v1/payments', paying(customerId, '100.00', { ...named, value_date: today }));
      expect(dated).toMatchObject({ status: 201, body: { value_date: today } });
      const future = await post('/v1/payments', paying(customerId, '100.00', { ...named, value_date: tomorrow }));
      expect([future.status, future.body.code]).toEqual([422, 'value_date_in_future']);
      const unnamed = await post('/v1/payments', paying(customerId, '100.00'));
      expect(unnamed.body).toMatchObject({ value_date: today });
    } finally {
      await there.stop();
    }
  });

  test('is the earliest of the days that it is for the loans that it may reach', async () => {
    const { customerId, loan } = await payment.customerWithLoan({ timeZone: 'Asia/Jakarta' });
    const west = payment.billing.open(customerId, { timeZone: 'America/New_York', instalments: ['100.00'] });
    await payment.feed(west.messages);
    const there = await startPayment({ ...payment.config, TIME_ZONE: 'Asia/Jakarta' }, { now: () => now });
    try {
      const { post } = payment.clientOf(there.app);
      const dated = await post('/v1/payments', paying(customerId, '100.00', { value_date: '2026-03-02' }));
      const meta = { business_date: '2026-03-01' };
      expect([dated.status, dated.body]).toMatchObject([422, { code: 'value_date_in_future', meta }]);
      const first = await post('/v1/payments', paying(customerId, '200.00'));
      expect(first.body).toMatchObject({ value_date: '2026-03-01' });
      await payment.feed([
        ...payment.billing.repay(loan, first.body.id, '100.00'),
        ...payment.billing.repay(west.loan, first.body.id, '100.00'),
      ]);
      const second = await post('/v1/payments', paying(customerId, '100.00'));
      expect(second.body).toMatchObject({ value_date: '2026-03-02' });
    } finally {
      await there.stop();
    }
  });
});

describe('a key', () => {
  test('answers a replay as the first time, even when billing has applied the payment meanwhile', async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const key = newId();
    const first = await payment.post('/v1/payments', paying(customerId, '100.00'), { key });
    await payment.feed(payment.billing.repay(loan, first.body.id, '100.00'));
    const replay = await payment.post('/v1/payments', paying(customerId, '100.00'), { key });
    expect([replay.status, replay.body, replay.headers['idempotency-replayed']]).toEqual([201, first.body, 'true']);
    expect((await payment.get(`/v1/payments/${first.body.id}`)).body.status).toBe('applied');
  });

  test('is refused with another body', async () => {
    const { customerId } = await payment.customerWithLoan();
    const key = newId();
    await payment.post('/v1/payments', paying(customerId, '100.00'), { key });
    const other = await payment.post('/v1/payments', paying(customerId, '200.00'), { key });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_mismatch']);
  });

  test('makes 200 identical concurrent requests one payment with 200 equal answers', async () => {
    const { customerId } = await payment.customerWithLoan();
    const key = newId();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => payment.post('/v1/payments', paying(customerId, '100.00'), { key })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await payment.rows('select 1 from payments where customer_id = $1', [customerId])).toHaveLength(1);
  });
});

describe('a customer who is short of what was spent of a payment that was taken back', () => {
  test('pays it once, when no loan owes, and may not pay it again before billing has said how it stands', async () => {
    const { customerId, loan } = await payment.customerWithLoan({ instalments: ['100.00'] });
    await payment.feed([
      ...payment.billing.repay(loan, newId(), '100.00'),
      payment.billing.reclaim(loan, newId(), '300.00', { loanId: loan.id, shortfall: '300.00' }),
    ]);
    const [key, url] = [newId(), '/v1/payments'];
    const answers = await Promise.all(
      [key, key, newId(), newId()].map((each) => payment.post(url, paying(customerId, '300.00'), { key: each })),
    );
    const ids = new Set(answers.flatMap(({ status, body }) => (status === 201 ? [body.id] : [])));
    const [id = ''] = ids;
    expect([ids.size, (await payment.get(`${url}/${id}`)).body]).toMatchObject([
      1,
      { status: 'settled', allocations: [], unapplied: '300.00' },
    ]);
    const again = async () => (await payment.post(url, paying(customerId, '300.00'))).body.code;
    const [repaid, ...others] = payment.billing.repay(loan, id, '300.00');
    if (repaid === undefined) throw new Error('a payment is told');
    await payment.feed([repaid]);
    expect([await again(), (await payment.get(`${url}/${id}`)).body.status]).toEqual(['nothing_owed', 'applied']);
    await payment.feed([
      ...others.slice(0, -1),
      payment.billing.credit(loan, id, '300.00', { loanId: loan.id, shortfall: '0.00' }),
    ]);
    expect(await again()).toBe('nothing_owed');
    expect((await payment.post(`${url}/${id}/reverse`, {})).status).toBe(200);
    await payment.feed([
      payment.billing.takeBack(loan, id, ['0.00']),
      payment.billing.reclaim(loan, id, '300.00', { loanId: loan.id, shortfall: '300.00' }),
    ]);
    expect((await payment.post(url, paying(customerId, '300.00'))).status).toBe(201);
  });
});

describe('the last instalment', () => {
  test('takes one of twenty concurrent payments; nineteen find nothing owed', async () => {
    const { customerId } = await payment.customerWithLoan({ instalments: ['44000.00'] });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => payment.post('/v1/payments', paying(customerId, '44000.00'))),
    );
    const outcomes = answers.map(({ status, body }) => (status === 201 ? 'accepted' : body.code)).sort();
    expect(outcomes).toEqual(['accepted', ...Array.from({ length: 19 }, () => 'nothing_owed')]);
    expect(await payment.rows('select 1 from payments where customer_id = $1', [customerId])).toHaveLength(1);
  });
});
