import { type PaymentTest, paying, startPaymentTest } from '../payment-service.ts';
import { providerAt, signedWebhook } from './provider.ts';

/** Nobody listens there: the provider's news come by webhook. */
const NOWHERE = 'http://127.0.0.1:9';

let payment: PaymentTest;
beforeAll(async () => {
  payment = await startPaymentTest('hold_minutes', { ...providerAt(NOWHERE), GATEWAY_HOLD_MINUTES: '7' });
});
afterAll(() => payment.stop());

/** Moves the end of a payment's hold nearer, as if so much time had gone by since it was recorded. */
const pass = async (id: string, time: string): Promise<void> => {
  await payment.rows('update payment_allocations set held_until = held_until - $2::interval where payment_id = $1', [
    id,
    time,
  ]);
};
const statusOf = async (id: string) => (await payment.get(`/v1/payments/${id}`)).body.status;

test('a hold of 7 minutes stands for just so long, and the money that comes later is accepted', async () => {
  const { customerId } = await payment.customerWithLoan({ instalments: ['100.00'] });
  const { body } = await payment.post('/v1/payments', paying(customerId, '100.00', { method: 'mockpay' }));
  const { id } = body;
  const another = () => payment.post('/v1/payments', paying(customerId, '100.00'));

  await pass(id, '6 min 30 s');
  expect((await another()).body.code).toBe('nothing_owed');
  await pass(id, '30 s');
  expect([(await another()).status, await statusOf(id)]).toEqual([201, 'pending']);

  await pass(id, '1 day');
  const news = signedWebhook('charge.succeeded', { reference: id, amount: '100.00', currency: 'IDR' });
  const { headers } = news;
  const answer = await payment.post('/v1/gateway/mockpay/webhooks', news.body, { role: null, key: null, headers });
  expect([answer.status, answer.body, await statusOf(id)]).toEqual([200, { outcome: 'changed' }, 'settled']);
});
