import { openSql } from '@tenor/testing';
import { type PaymentTest, paying, startPaymentTest } from './payment-service.ts';

let payment: PaymentTest;
let customerId: string;
let paymentId: string;
beforeAll(async () => {
  payment = await startPaymentTest('audit');
  ({ customerId } = await payment.customerWithLoan({ paymentPolicy: 'any' }));
  const headers = { 'x-request-id': 'paying' };
  paymentId = (await payment.post('/v1/payments', paying(customerId, '5.00'), { headers })).body.id;
});
afterAll(() => payment.stop());

const entries = async (query = '') =>
  (await payment.get(`/v1/payment/audit?${query}`, { role: 'auditor' })).body.data as unknown as { id: string }[];

test('a payment is shown with who recorded it and from where, and nothing is written beside it', async () => {
  expect(await payment.rows('select from audit_log')).toEqual([]);
  expect(await entries(`entity=payment&id=${paymentId}`)).toEqual([
    {
      id: paymentId,
      recorded_at: expect.any(String),
      caller: 'officer',
      roles: ['officer'],
      address: '127.0.0.1',
      request_id: 'paying',
      entity: 'payment',
      entity_id: paymentId,
      action: 'recorded',
      before: null,
      after: {
        customer_id: customerId,
        amount_minor: '500',
        currency: 'IDR',
        value_date: expect.any(String),
        method: 'manual',
        allocation: 'automatic',
      },
    },
  ]);
});

test('taking it back and asking for a refund are in the same list, newest first', async () => {
  await payment.post(`/v1/payments/${paymentId}/reverse`, { reason: 'entered twice' });
  const refund = { amount: { amount: '1.00', currency: 'IDR' }, method: 'manual' };
  const { body } = await payment.post(`/v1/customers/${customerId}/refunds`, refund);
  expect(await entries()).toMatchObject([
    { entity: 'refund', entity_id: body.id, action: 'requested', after: { amount: '1.00', currency: 'IDR' } },
    {
      entity: 'payment',
      entity_id: paymentId,
      action: 'reversal',
      before: { status: 'settled', reason: null },
      after: { status: 'reversed', reason: 'entered twice' },
    },
    { entity: 'payment', entity_id: paymentId, action: 'recorded' },
  ]);
  expect((await entries('limit=1&caller=officer')).length).toBe(1);
});

test('only those who audit may read it', async () => {
  for (const role of ['officer', 'service', 'customer'])
    expect((await payment.get('/v1/payment/audit', { role })).status).toBe(403);
});

test('the log only grows, and a payment stays as it was recorded', async () => {
  const own = await openSql(payment.tenant.paymentUrl);
  try {
    for (const text of ['update payment.audit_log set caller = $$me$$', 'delete from payment.audit_log'])
      await expect(own.rows(text)).rejects.toMatchObject({ code: '42501' });
    for (const text of [
      'update payment.payments set caller = $$me$$',
      'update payment.payments set amount = 1',
      'delete from payment.payments',
    ])
      await expect(own.rows(text)).rejects.toMatchObject({ code: '23000' });
  } finally {
    await own.close();
  }
});
