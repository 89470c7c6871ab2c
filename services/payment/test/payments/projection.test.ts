import { newId } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { startPayment } from '../../src/app.ts';
import { type PaymentTest, paying, startPaymentTest } from '../payment-service.ts';

let payment: PaymentTest;
beforeAll(async () => {
  payment = await startPaymentTest('projection');
});
afterAll(() => payment.stop());

const statusOf = async (id: string) => (await payment.get(`/v1/payments/${id}`)).body.status;
const heldOf = (customerId: string) =>
  payment.rows('select loan_id from payment_allocations where customer_id = $1 and in_flight', [customerId]);

describe('Prefer: wait', () => {
  test('answers once billing has applied the payment, as applied, the rest as credit', async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const headers = { prefer: 'wait=5' };
    const answer = payment.post('/v1/payments', paying(customerId, '350.00'), { headers });
    const id = await eventually(async () => {
      const [row] = await payment.rows<{ id: string }>('select id from payments where customer_id = $1', [customerId]);
      if (!row) throw new Error('not recorded yet');
      return row.id;
    });
    await payment.send([...payment.billing.repay(loan, id, '300.00'), payment.billing.credit(loan, id, '50.00')]);
    const { status, body, headers: answered } = await answer;
    expect([status, answered['preference-applied']]).toEqual([201, 'wait=5']);
    expect(body).toMatchObject({
      id,
      status: 'applied',
      allocations: [{ loan_id: loan.id, amount: '300.00' }],
      unapplied: '50.00',
    });
  });

  test('answers 201 with settled when the time is over', async () => {
    const { customerId } = await payment.customerWithLoan();
    const headers = { prefer: 'wait=1' };
    const {
      status,
      body,
      headers: answered,
    } = await payment.post('/v1/payments', paying(customerId, '100.00'), { headers });
    expect([status, body.status, answered['preference-applied']]).toEqual([201, 'settled', undefined]);
  });
});

describe('what billing does with a payment', () => {
  test("'loan.repaid' applies it and ends its reservation", async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const { body } = await payment.post('/v1/payments', paying(customerId, '100.00'));
    expect(await heldOf(customerId)).toHaveLength(1);
    await payment.feed(payment.billing.repay(loan, body.id, '100.00'));
    expect([await statusOf(body.id), await heldOf(customerId)]).toEqual(['applied', []]);
  });

  test("'customer.credited' before 'loan.repaid' is as good", async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const { body } = await payment.post('/v1/payments', paying(customerId, '350.00'));
    await payment.feed([payment.billing.credit(loan, body.id, '50.00')]);
    expect(await statusOf(body.id)).toBe('settled');
    await payment.feed(payment.billing.repay(loan, body.id, '300.00'));
    expect(await statusOf(body.id)).toBe('applied');
  });

  test("'loan.repayment_reallocated' changes what it shows", async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const { body } = await payment.post('/v1/payments', paying(customerId, '100.00'));
    await payment.feed([
      ...payment.billing.repay(loan, body.id, '100.00'),
      payment.billing.reallocate(loan, body.id, '40.00', '60.00'),
    ]);
    const shown = (await payment.get(`/v1/payments/${body.id}`)).body;
    expect([shown.status, shown.allocations, shown.unapplied]).toEqual([
      'applied',
      [{ loan_id: loan.id, amount: '40.00' }],
      '60.00',
    ]);
  });

  test("'loan.repayment_reversed' and 'customer.credit_reclaimed' answer a reversal", async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const { body } = await payment.post('/v1/payments', paying(customerId, '350.00'));
    await payment.post(`/v1/payments/${body.id}/reverse`, {});
    const unanswered = () =>
      payment.rows('select id from payments where customer_id = $1 and reversal_unanswered', [customerId]);
    await payment.feed([
      ...payment.billing.repay(loan, body.id, '300.00'),
      payment.billing.credit(loan, body.id, '50.00'),
      payment.billing.takeBack(loan, body.id, ['100.00', '100.00', '100.00']),
    ]);
    expect(await unanswered()).toHaveLength(1);
    await payment.feed([payment.billing.reclaim(loan, body.id, '50.00')]);
    expect([await unanswered(), await statusOf(body.id)]).toEqual([[], 'reversed']);
  });

  test('sent again changes nothing, with an empty inbox too', async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const { body } = await payment.post('/v1/payments', paying(customerId, '100.00'));
    const messages = payment.billing.repay(loan, body.id, '100.00');
    await payment.feed(messages);
    const before = await payment.snapshot();
    await payment.rows('delete from inbox');
    const marker = payment.billing.register();
    await payment.send([...messages, ...messages]);
    await payment.feed(marker.messages);
    await eventually(async () => (await payment.rows('select 1 from inbox')).length >= 2);
    await payment.rows('delete from customers where id = $1', [marker.customerId]);
    expect(await payment.snapshot()).toBe(before);
  });
});

describe('news that is on its way', () => {
  test('is waited for before a young loan is called unknown', async () => {
    const { customerId } = await payment.customerWithLoan();
    const { loan, messages } = payment.billing.open(customerId);
    const body = paying(customerId, '100.00', { allocations: [{ loan_id: loan.id, amount: '100.00' }] });
    const answer = payment.post('/v1/payments', body);
    await payment.send(messages);
    expect((await answer).status).toBe(201);
  });

  test('is waited for before a young customer owes nothing', async () => {
    const { customerId, messages } = payment.billing.register();
    const answer = payment.post('/v1/payments', paying(customerId, '100.00'));
    await payment.send([...messages, ...payment.billing.open(customerId).messages]);
    expect((await answer).status).toBe(201);
  });

  test("makes 'projection_behind' of a 'not_found' until it has come", async () => {
    const { customerId, messages } = payment.billing.register();
    const { loan, messages: opening } = payment.billing.open(customerId);
    const pay = () =>
      payment.post(
        '/v1/payments',
        paying(customerId, '100.00', { allocations: [{ loan_id: loan.id, amount: '100.00' }] }),
      );
    const behind = { status: 503, body: { code: 'projection_behind' }, headers: { 'retry-after': '1' } };
    const [unknownCustomer, refund] = await Promise.all([
      pay(),
      payment.post(`/v1/customers/${customerId}/refunds`, { amount: { amount: '1.00', currency: 'IDR' } }),
    ]);
    expect([unknownCustomer, refund]).toMatchObject([behind, behind]);
    await payment.feed(messages);
    expect(await pay()).toMatchObject(behind);
    await payment.feed(opening);
    expect((await pay()).status).toBe(201);
  });

  test("makes it of another customer's young loan too, so that no answer tells whether there is one", async () => {
    const { customerId } = await payment.customerWithLoan();
    const { loan } = await payment.customerWithLoan();
    const pay = (id: string) =>
      payment.post('/v1/payments', paying(customerId, '100.00', { allocations: [{ loan_id: id, amount: '100.00' }] }));
    const [foreign, unknown] = await Promise.all([pay(loan.id), pay(newId())]);
    expect(foreign).toMatchObject({ status: 503, body: { code: 'projection_behind' } });
    expect({ ...foreign?.body, request_id: '' }).toEqual({ ...unknown?.body, request_id: '' });
  });

  test("is no longer expected of an id once something younger has come: 'not_found'", async () => {
    const made = (Date.now() - 60_000).toString(16).padStart(12, '0');
    const id = `${made.slice(0, 8)}-${made.slice(8)}-7000-8000-000000000001`;
    const code = async () => (await payment.post('/v1/payments', paying(id, '100.00'))).body.code;
    await payment.rows('delete from inbox');
    expect(await code()).toBe('projection_behind');
    await payment.feed(payment.billing.register().messages);
    expect(await code()).toBe('not_found');
  });

  test("'projection_behind' is the answer while Kafka cannot say where the topics end, and acceptances go on", async () => {
    const { customerId } = await payment.customerWithLoan();
    const cutOff = await startPayment({ ...payment.config, KAFKA_BROKERS: ['127.0.0.1:1'] });
    try {
      const { post, get } = payment.clientOf(cutOff.app);
      const refused = await post('/v1/payments', paying(customerId, '150.00'));
      expect([refused.status, refused.body.code]).toEqual([503, 'projection_behind']);
      expect(refused.headers['retry-after']).toBe('1');
      // Of whom the news may lie in billing's outbox, or on the topic.
      const unknown = await post('/v1/payments', paying('01858000-0000-7000-8000-000000000001', '100.00'));
      expect([unknown.status, unknown.body.code]).toEqual([503, 'projection_behind']);
      expect((await post('/v1/payments', paying(customerId, '100.00'))).status).toBe(201);
      const ready = await get('/readyz');
      expect([ready.status, ready.body.status]).toEqual([200, 'degraded']);
    } finally {
      await cutOff.stop();
    }
  });

  test("makes a refusal 'projection_behind' while a message of the customer is a dead letter", async () => {
    const { customerId } = await payment.customerWithLoan();
    const [, ...withoutOpened] = payment.billing.open(customerId).messages;
    await payment.send(withoutOpened);
    await eventually(async () => (await payment.rows('select 1 from dead_letters')).length === withoutOpened.length);
    const { status, body } = await payment.post('/v1/payments', paying(customerId, '150.00'));
    expect([status, body.code]).toEqual([503, 'projection_behind']);
    expect((await payment.post('/v1/payments', paying(customerId, '100.00'))).status).toBe(201);
  });

  test("'nothing_owed' is certain once the projection has read to the end", async () => {
    const { customerId, loan } = await payment.customerWithLoan({ instalments: ['100.00'] });
    await payment.feed(payment.billing.repay(loan, newId(), '100.00'));
    const { status, body } = await payment.post('/v1/payments', paying(customerId, '100.00'));
    expect([status, body.code]).toEqual([422, 'nothing_owed']);
  });
});
