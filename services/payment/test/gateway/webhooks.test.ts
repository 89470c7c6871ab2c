import { newId, purgeOld, SIGNATURE_TOLERANCE_SECONDS } from '@tenor/service-kit';
import { eventually, readTopic } from '@tenor/testing';
import { openPaymentDatabase } from '../../src/database.ts';
import { providerEventPurge } from '../../src/gateway/webhooks.store.ts';
import { type PaymentTest, paying, startPaymentTest } from '../payment-service.ts';
import { providerAt, signedWebhook, webhookSecrets } from './provider.ts';

/** Nobody listens there: what these tests are about comes in, not out. */
const NOWHERE = 'http://127.0.0.1:9';

let payment: PaymentTest;
beforeAll(async () => {
  payment = await startPaymentTest('webhooks', providerAt(NOWHERE));
});
afterAll(() => payment.stop());

type Sent = ReturnType<typeof signedWebhook>;
const send = ({ body, headers }: Sent, provider = 'mockpay') =>
  payment.post(`/v1/gateway/${provider}/webhooks`, body, { role: null, key: null, headers });
const chargeOf = (id: string, more: object = {}) => ({ reference: id, amount: '100.00', currency: 'IDR', ...more });
const statusOf = async (id: string) => (await payment.get(`/v1/payments/${id}`)).body.status;

/** A payment of 100.00 by the provider, on its way. */
async function pendingPayment(instalments = ['100.00', '100.00']) {
  const { customerId } = await payment.customerWithLoan({ instalments });
  const asked = paying(customerId, '100.00', { method: 'mockpay', value_date: '2026-02-01' });
  const { status, body } = await payment.post('/v1/payments', asked);
  expect([status, body.status]).toEqual([201, 'pending']);
  return { customerId, id: body.id };
}

interface Published {
  id: string;
  subject: string;
  type: string;
  sequence: number;
  data: object;
}
/** The events that were published about a payment, in order. */
async function published(id: string, count: number) {
  const topic = `${payment.tenant.topicPrefix}payment.payments.v1`;
  return eventually(async () => {
    const messages = await readTopic(payment.tenant.brokers, topic);
    const told = messages.map(({ value }) => value as Published);
    // A send that was not acknowledged in time is repeated: delivery is at least once.
    const own = [...new Map(told.map((event) => [event.id, event])).values()];
    const found = own.filter(({ subject }) => subject === id);
    if (found.length < count) throw new Error('not all published yet');
    return found;
  });
}

describe('POST /v1/payments by a provider', () => {
  test("is pending, asks for nothing to be applied, and says so with 'payment.received'", async () => {
    const { id } = await pendingPayment();
    const [received, ...more] = await published(id, 1);
    expect(received).toMatchObject({
      type: 'payment.received',
      sequence: 1,
      data: { payment_id: id, method: 'mockpay', amount: '100.00', value_date: '2026-02-01' },
    });
    expect(more).toEqual([]);
  });

  test('answers a replay of its key as pending, whatever has happened since', async () => {
    const { customerId } = await payment.customerWithLoan();
    const key = newId();
    const asked = paying(customerId, '100.00', { method: 'mockpay' });
    const first = await payment.post('/v1/payments', asked, { key });
    await send(signedWebhook('charge.failed', chargeOf(first.body.id, { failure_code: 'card_expired' })));
    const replay = await payment.post('/v1/payments', asked, { key });
    expect([replay.status, replay.body]).toEqual([201, first.body]);
  });

  test('answers pending when Prefer: wait runs out', async () => {
    const { customerId } = await payment.customerWithLoan();
    const asked = paying(customerId, '100.00', { method: 'mockpay' });
    const { status, body, headers } = await payment.post('/v1/payments', asked, { headers: { prefer: 'wait=1' } });
    expect([status, body.status, headers['preference-applied']]).toEqual([201, 'pending', undefined]);
  });

  test('is refused for a provider that is not configured', async () => {
    const { customerId } = await payment.customerWithLoan();
    const { status, body } = await payment.post('/v1/payments', paying(customerId, '100.00', { method: 'cashbox' }));
    expect([status, body.code, body.errors]).toEqual([
      400,
      'validation_failed',
      [expect.objectContaining({ pointer: '/method', code: 'enum' })],
    ]);
  });

  test('cannot be reversed before it settled', async () => {
    const { id } = await pendingPayment();
    const { status, body } = await payment.post(`/v1/payments/${id}/reverse`);
    expect([status, body.code]).toEqual([409, 'state_conflict']);
  });
});

describe('a hold', () => {
  const runOut = (id: string) =>
    payment.rows(`update payment_allocations set held_until = clock_timestamp() where payment_id = $1`, [id]);

  test('lets one of ten concurrent payments have the last instalment', async () => {
    const { customerId } = await payment.customerWithLoan({ instalments: ['100.00'] });
    const methods = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? 'mockpay' : 'manual'));
    const answers = await Promise.all(
      methods.map((method) => payment.post('/v1/payments', paying(customerId, '100.00', { method }))),
    );
    const outcomes = answers.map(({ status, body }) => (status === 201 ? 'accepted' : body.code)).sort();
    expect(outcomes).toEqual(['accepted', ...Array.from({ length: 9 }, () => 'nothing_owed')]);
  });

  test('lasts GATEWAY_HOLD_MINUTES by the clock of the database', async () => {
    const { id } = await pendingPayment();
    const [row] = await payment.rows<{ minutes: number }>(
      `select round(extract(epoch from held_until - recorded_at) / 60)::int as minutes
         from payment_allocations a join payments p on p.id = a.payment_id where p.id = $1`,
      [id],
    );
    expect(row?.minutes).toBe(15);
  });

  test('ends by itself: another payment takes the instalment, and the late money is accepted all the same', async () => {
    const { customerId, id } = await pendingPayment(['100.00']);
    const other = paying(customerId, '100.00');
    expect((await payment.post('/v1/payments', other)).body.code).toBe('nothing_owed');
    await runOut(id);
    expect((await payment.post('/v1/payments', other)).status).toBe(201);
    expect(await statusOf(id)).toBe('pending');
    const { status, body } = await send(signedWebhook('charge.succeeded', chargeOf(id)));
    expect([status, body]).toEqual([200, { outcome: 'changed' }]);
    expect(await statusOf(id)).toBe('settled');
  });

  test('of a failed payment ends at once', async () => {
    const { customerId, id } = await pendingPayment(['100.00']);
    await send(signedWebhook('charge.failed', chargeOf(id)));
    expect((await payment.post('/v1/payments', paying(customerId, '100.00'))).status).toBe(201);
  });

  test('of a payment that settled does not run out', async () => {
    const { customerId, id } = await pendingPayment(['100.00']);
    await runOut(id);
    await send(signedWebhook('charge.succeeded', chargeOf(id)));
    expect((await payment.post('/v1/payments', paying(customerId, '100.00'))).body.code).toBe('nothing_owed');
  });
});

describe('a webhook', () => {
  test("settles the payment with the value date it was recorded with, and says so with 'payment.settled'", async () => {
    const { id } = await pendingPayment();
    const { status, body } = await send(signedWebhook('charge.succeeded', chargeOf(id)));
    expect([status, body]).toEqual([200, { outcome: 'changed' }]);
    expect(await published(id, 2)).toMatchObject([
      { type: 'payment.received', sequence: 1 },
      { type: 'payment.settled', sequence: 2, data: { method: 'mockpay', value_date: '2026-02-01' } },
    ]);
  });

  test("fails the payment with the provider's reason, and 'payment.failed' has it too", async () => {
    const { id } = await pendingPayment();
    await send(signedWebhook('charge.failed', chargeOf(id, { failure_code: 'card_expired' })));
    expect((await payment.get(`/v1/payments/${id}`)).body).toMatchObject({
      status: 'failed',
      failure_code: 'card_expired',
    });
    expect(await published(id, 2)).toMatchObject([{}, { type: 'payment.failed', data: { code: 'card_expired' } }]);
  });

  test('of success after failure settles; of failure after success changes nothing', async () => {
    const { id } = await pendingPayment();
    const outcomes = [];
    for (const type of ['charge.failed', 'charge.succeeded', 'charge.failed']) {
      outcomes.push((await send(signedWebhook(type, chargeOf(id)))).body);
    }
    expect(outcomes).toEqual([{ outcome: 'changed' }, { outcome: 'changed' }, { outcome: 'unchanged' }]);
    expect((await payment.get(`/v1/payments/${id}`)).body).toMatchObject({ status: 'settled', failure_code: null });
  });

  test('sent ten times at once has its effect once', async () => {
    const { id } = await pendingPayment();
    const webhook = signedWebhook('charge.succeeded', chargeOf(id));
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(webhook)));
    const outcomes = answers.map(({ status, body }) => [status, (body as unknown as { outcome: string }).outcome]);
    expect(outcomes.sort()).toEqual([[200, 'changed'], ...Array.from({ length: 9 }, () => [200, 'duplicate'])]);
    const [row] = await payment.rows<{ event_sequence: string }>('select event_sequence from payments where id = $1', [
      id,
    ]);
    expect(row?.event_sequence).toBe('2');
  });

  test.each(webhookSecrets)('may be signed with any of the secrets in use: %s', async (secret) => {
    const { id } = await pendingPayment();
    expect((await send(signedWebhook('charge.succeeded', chargeOf(id), { secret }))).status).toBe(200);
  });

  test.each([
    { name: 'another secret', options: { secret: 'no-secret-of-this-provider' }, code: 'signature_invalid' },
    { name: 'a signature of six minutes ago', options: { ageSeconds: 360 }, code: 'signature_expired' },
    { name: 'a signature from the future', options: { ageSeconds: -360 }, code: 'signature_expired' },
  ])('with $name is answered 401 $code and writes nothing', async ({ options, code }) => {
    const { id } = await pendingPayment();
    const before = await payment.snapshot();
    const { status, body, headers } = await send(signedWebhook('charge.succeeded', chargeOf(id), options));
    expect([status, body.code, headers['www-authenticate']]).toEqual([401, code, 'Signature realm="tenor"']);
    expect(await payment.snapshot()).toBe(before);
    expect(await statusOf(id)).toBe('pending');
  });

  test('is checked before its body is parsed, and a token is no substitute', async () => {
    const url = '/v1/gateway/mockpay/webhooks';
    const json = { 'content-type': 'application/json' };
    const broken = await payment.post(url, '{"id":', { role: 'admin', headers: json });
    const empty = await payment.post(url, undefined, { role: 'admin' });
    expect([broken.body.code, empty.body.code]).toEqual(['signature_invalid', 'signature_invalid']);
  });

  test.each([
    { name: 'an unknown payment', data: () => chargeOf(newId()), status: 404, code: 'not_found' },
    {
      name: 'another amount',
      data: (id: string) => chargeOf(id, { amount: '99.99' }),
      status: 422,
      code: 'settlement_mismatch',
    },
    {
      name: 'another currency',
      data: (id: string) => chargeOf(id, { currency: 'USD' }),
      status: 422,
      code: 'settlement_mismatch',
    },
  ])('of $name is answered $status and can come again', async ({ data, status, code }) => {
    const { id } = await pendingPayment();
    const webhook = signedWebhook('charge.succeeded', data(id));
    for (const answer of [await send(webhook), await send(webhook)]) {
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    }
    expect(await statusOf(id)).toBe('pending');
  });

  test('of a payment that no provider was asked for is unknown', async () => {
    const { customerId } = await payment.customerWithLoan();
    const { body } = await payment.post('/v1/payments', paying(customerId, '100.00'));
    expect((await send(signedWebhook('charge.failed', chargeOf(body.id)))).status).toBe(404);
  });

  test('of an unknown provider is answered 404', async () => {
    const webhook = signedWebhook('charge.succeeded', chargeOf(newId()));
    expect((await send(webhook, 'otherpay')).body.code).toBe('not_found');
  });

  test('of another kind of news is acknowledged and ignored', async () => {
    const { status, body } = await send(signedWebhook('charge.created', chargeOf(newId())));
    expect([status, body]).toEqual([200, { outcome: 'ignored' }]);
  });

  test('is remembered for thirty days, and has no second effect when it is sent anew after that', async () => {
    const { keepDays } = providerEventPurge;
    expect(keepDays * 24 * 60 * 60).toBeGreaterThan(2 * SIGNATURE_TOLERANCE_SECONDS);
    const { id } = await pendingPayment();
    const news = (eventId: string) => signedWebhook('charge.succeeded', chargeOf(id), { id: eventId });
    const [older, younger] = [newId(), newId()];
    for (const eventId of [older, younger]) await send(news(eventId));
    const age = 'update provider_events set received_at = now() - $2::interval where event_id = $1';
    await payment.rows(age, [older, `${keepDays} days 1 min`]);
    await payment.rows(age, [younger, `${keepDays} days -1 min`]);
    const database = await openPaymentDatabase(payment.config);
    expect(await purgeOld(database, { purges: [providerEventPurge] })).toBe(1);
    await database.close();
    const again = [await send(news(younger)), await send(news(older))].map(({ body }) => body);
    expect(again).toEqual([{ outcome: 'duplicate' }, { outcome: 'unchanged' }]);
    expect((await published(id, 2)).map(({ type }) => type)).toEqual(['payment.received', 'payment.settled']);
  });

  test('is counted by its outcome', async () => {
    const metrics = await payment.service.app.inject('/metrics');
    expect(metrics.body).toMatch(/gateway_webhooks_total\{provider="mockpay",outcome="duplicate",.*\} 10/);
    expect(metrics.body).toMatch(/gateway_webhooks_total\{provider="mockpay",outcome="signature_expired",.*\} 2/);
  });
});
