import { newId } from '@tenor/service-kit';
import { eventually, readTopic } from '@tenor/testing';
import { providerAt, signedWebhook } from '../gateway/provider.ts';
import { type PaymentTest, startPaymentTest } from '../payment-service.ts';

/** Nobody listens there: the provider's answers come by webhook. */
const NOWHERE = 'http://127.0.0.1:9';

let payment: PaymentTest;
beforeAll(async () => {
  payment = await startPaymentTest('refunds', providerAt(NOWHERE));
});
afterAll(() => payment.stop());

const money = { amount: '40.00', currency: 'IDR' };
type Asked = { more?: object; key?: string; wait?: number };
const refund = (customerId: string, { more = {}, key = newId(), wait }: Asked = {}) =>
  payment.post(
    `/v1/customers/${customerId}/refunds`,
    { amount: money, ...more },
    { key, ...(wait === undefined ? {} : { headers: { prefer: `wait=${wait}` } }) },
  );
const stored = async (customerId: string) => (await payment.get(`/v1/customers/${customerId}/refunds`)).body.data;
const webhook = (type: string, data: object) => {
  const { body, headers } = signedWebhook(type, { amount: '40.00', currency: 'IDR', ...data });
  return payment.post('/v1/gateway/mockpay/webhooks', body, { role: null, key: null, headers });
};
interface Published {
  id: string;
  subject: string;
  type: string;
  sequence: number;
  data: object;
}
/** What was published of a refund, in order. */
const published = (id: string, count: number) =>
  eventually(async () => {
    const messages = await readTopic(payment.tenant.brokers, `${payment.tenant.topicPrefix}payment.payments.v1`);
    const told = messages.map(({ value }) => value as Published);
    // A send that was not acknowledged in time is repeated: delivery is at least once.
    const found = [...new Map(told.map((event) => [event.id, event])).values()]
      .filter(({ subject }) => subject === id)
      .map(({ type, sequence, data }) => ({ type, sequence, data }));
    if (found.length < count) throw new Error('not all published yet');
    return found;
  });

describe('asking for a refund', () => {
  test("is 'requested', tells billing, and answers a replay as the first time", async () => {
    const { customerId } = await payment.customerWithLoan();
    const key = newId();
    const first = await refund(customerId, { key, more: { external_id: `refund-${key}` } });
    expect([first.status, first.body]).toMatchObject([
      201,
      { status: 'requested', customer_id: customerId, amount: money, method: 'manual', reason: null, decided_at: null },
    ]);
    expect(await published(first.body.id, 1)).toMatchObject([
      { type: 'payment.refund_requested', sequence: 1, data: { customer_id: customerId, amount: '40.00' } },
    ]);
    await payment.feed([payment.billing.authoriseRefund(customerId, first.body.id, money)]);
    const replay = await refund(customerId, { key, more: { external_id: `refund-${key}` } });
    expect([replay.status, replay.body, replay.headers['idempotency-replayed']]).toEqual([201, first.body, 'true']);
  });

  test('is refused for a taken external id, an unknown customer, a method that is none, and without a key', async () => {
    const { customerId } = await payment.customerWithLoan();
    const external_id = newId();
    await refund(customerId, { more: { external_id } });
    const before = await payment.snapshot();
    expect((await refund(customerId, { more: { external_id } })).body.code).toBe('already_exists');
    expect((await refund(customerId, { more: { method: 'cashbox' } })).body.errors).toMatchObject([
      { pointer: '/method' },
    ]);
    const cents = { amount: { amount: '1.001', currency: 'IDR' } };
    expect((await refund(customerId, { more: cents })).body.errors).toMatchObject([{ pointer: '/amount/amount' }]);
    const keyless = await payment.post(`/v1/customers/${customerId}/refunds`, { amount: money }, { key: null });
    expect(keyless.body.code).toBe('idempotency_key_required');
    expect(await payment.snapshot()).toBe(before);
    const nobody = '01930000-0000-7000-8000-00000000000f';
    expect((await refund(nobody)).body.code).toBe('not_found');
    expect((await payment.get(`/v1/customers/${nobody}/refunds`)).status).toBe(404);
  });
});

describe("billing's answer", () => {
  test('pays a manual refund out at once, and a waiting request is told', async () => {
    const { customerId } = await payment.customerWithLoan();
    const waiting = refund(customerId, { wait: 5 });
    const id = await eventually(async () => {
      const [asked] = await stored(customerId);
      if (asked === undefined) throw new Error('the refund is not stored yet');
      return asked.id;
    });
    await payment.feed([payment.billing.authoriseRefund(customerId, id, money)]);
    const { body, headers } = await waiting;
    expect([body.status, headers['preference-applied']]).toEqual(['paid_out', 'wait=5']);
    expect((await published(id, 2)).map(({ type }) => type)).toEqual([
      'payment.refund_requested',
      'payment.refund_paid_out',
    ]);
    await payment.feed([payment.billing.authoriseRefund(customerId, id, money)]);
    expect(await published(id, 2)).toHaveLength(2);
  });

  test('refuses it with its reason, and nothing is paid out', async () => {
    const { customerId } = await payment.customerWithLoan();
    const { id } = (await refund(customerId)).body;
    await payment.feed([payment.billing.refuseRefund(customerId, id, money)]);
    expect(await stored(customerId)).toMatchObject([{ status: 'refused', reason: 'credit_exceeded' }]);
    expect(await published(id, 1)).toHaveLength(1);
    const refused = await payment.get(`/v1/customers/${customerId}/refunds?status=refused`);
    expect(refused.body.data.map((each) => each.id)).toEqual([id]);
  });
});

describe('a refund through a provider', () => {
  async function authorised() {
    const { customerId } = await payment.customerWithLoan();
    const { id } = (await refund(customerId, { more: { method: 'mockpay' } })).body;
    await payment.feed([payment.billing.authoriseRefund(customerId, id, money)]);
    expect(await stored(customerId)).toMatchObject([{ status: 'authorised', closed_at: null }]);
    return { customerId, id };
  }

  test("is paid out when the provider says 'payout.succeeded', also told twice", async () => {
    const { customerId, id } = await authorised();
    for (const _ of [1, 2]) expect((await webhook('payout.succeeded', { reference: id })).status).toBeLessThan(300);
    expect(await stored(customerId)).toMatchObject([{ status: 'paid_out' }]);
    expect((await published(id, 2)).map(({ type }) => type)).toEqual([
      'payment.refund_requested',
      'payment.refund_paid_out',
    ]);
  });

  test("fails when the provider says 'payout.failed', and is not paid out any more", async () => {
    const { customerId, id } = await authorised();
    await webhook('payout.failed', { reference: id, failure_code: 'account_closed' });
    expect(await stored(customerId)).toMatchObject([{ status: 'failed', reason: 'account_closed' }]);
    expect((await published(id, 2)).at(-1)).toMatchObject({
      type: 'payment.refund_failed',
      sequence: 2,
      data: { refund_id: id, amount: '40.00', reason: 'account_closed' },
    });
    const late = await webhook('payout.succeeded', { reference: id });
    expect([late.status, late.body]).toEqual([200, { outcome: 'unchanged' }]);
    expect(await stored(customerId)).toMatchObject([{ status: 'failed' }]);
    expect((await webhook('payout.failed', { reference: newId() })).body.code).toBe('not_found');
  });

  test('is returned when the payout bounces after it was paid out, whatever is told again', async () => {
    const { customerId, id } = await authorised();
    const types = ['payout.succeeded', 'payout.failed', 'payout.failed', 'payout.succeeded'];
    const outcomes = [];
    for (const type of types) {
      outcomes.push((await webhook(type, { reference: id, failure_code: 'account_closed' })).body);
    }
    const [paidOut, bounced, ...others] = outcomes;
    expect([paidOut, bounced]).toEqual([{ outcome: 'changed' }, { outcome: 'changed' }]);
    expect(others).toEqual([{ outcome: 'unchanged' }, { outcome: 'unchanged' }]);
    expect(await stored(customerId)).toMatchObject([{ status: 'returned', reason: 'account_closed' }]);
    expect((await published(id, 3)).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['payment.refund_requested', 1],
      ['payment.refund_paid_out', 2],
      ['payment.refund_failed', 3],
    ]);
    const list = await payment.get(`/v1/customers/${customerId}/refunds?status=returned`);
    expect(list.body.data.map((each) => each.id)).toEqual([id]);
  });

  test('that never left and one that came back end alike for ten contradicting webhooks at once', async () => {
    const { customerId, id } = await authorised();
    const types = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? 'payout.succeeded' : 'payout.failed'));
    const answers = await Promise.all(types.map((type) => webhook(type, { reference: id })));
    expect(answers.map(({ status }) => status)).toEqual(types.map(() => 200));
    const [ended] = await stored(customerId);
    expect(['failed', 'returned']).toContain(ended?.status);
    expect(await published(id, ended?.status === 'returned' ? 3 : 2)).toHaveLength(
      ended?.status === 'returned' ? 3 : 2,
    );
  });
});

test("a use of credit, and credit that a refund gives back, change the loan's projection and no payment", async () => {
  const { customerId, loan } = await payment.customerWithLoan();
  await payment.feed([
    ...payment.billing.repay(loan, newId(), '100.00', 'credit'),
    payment.billing.giveBack(loan, newId(), '10.00'),
  ]);
  const [row] = await payment.rows('select outstanding::text from loan_accounts where loan_id = $1', [loan.id]);
  expect(row).toEqual({ outstanding: '20000' });
  expect(await payment.rows('select id from payments where customer_id = $1', [customerId])).toEqual([]);
});
