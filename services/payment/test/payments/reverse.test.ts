import { newId } from '@tenor/service-kit';
import { eventually, readTopic } from '@tenor/testing';
import { type PaymentTest, paying, startPaymentTest } from '../payment-service.ts';

let payment: PaymentTest;
beforeAll(async () => {
  payment = await startPaymentTest('reverse');
});
afterAll(() => payment.stop());

async function recorded(amount = '100.00') {
  const { customerId, loan } = await payment.customerWithLoan();
  const { body } = await payment.post('/v1/payments', paying(customerId, amount));
  return { customerId, loan, id: body.id };
}

describe('taking a payment back', () => {
  test.each([
    { verb: 'reverse', kind: 'reversal' },
    { verb: 'chargeback', kind: 'chargeback' },
  ])("$verb answers the reversed payment and publishes 'payment.reversed' as a $kind", async ({ verb, kind }) => {
    const { customerId, id } = await recorded();
    const { status, body } = await payment.post(`/v1/payments/${id}/${verb}`, { reason: 'entered twice' });
    expect([status, body.status]).toEqual([200, 'reversed']);
    const topic = `${payment.tenant.topicPrefix}payment.payments.v1`;
    await eventually(async () => {
      const messages = await readTopic(payment.tenant.brokers, topic);
      expect(messages.filter(({ key }) => key === customerId).map(({ value }) => value)).toMatchObject([
        { type: 'payment.settled', sequence: 1 },
        { type: 'payment.reversed', sequence: 2, data: { kind, reason: 'entered twice', amount: '100.00' } },
      ]);
    });
  });

  test('knows the payment by its id in either case', async () => {
    const { id } = await recorded();
    const [shouted, whispered] = [String(id).toUpperCase(), String(id)];
    expect((await payment.get(`/v1/payments/${shouted}`)).body).toMatchObject({ id: whispered });
    const { status, body } = await payment.post(`/v1/payments/${shouted}/reverse`, {});
    expect([status, body.id, body.status]).toEqual([200, whispered, 'reversed']);
  });

  test('needs no body, and answers a replay as the first time', async () => {
    const { id, loan } = await recorded();
    const key = newId();
    const first = await payment.post(`/v1/payments/${id}/reverse`, undefined, { key });
    await payment.feed([...payment.billing.repay(loan, id, '100.00'), payment.billing.takeBack(loan, id, ['100.00'])]);
    const replay = await payment.post(`/v1/payments/${id}/reverse`, undefined, { key });
    expect([first.status, replay.status, replay.body]).toEqual([200, 200, first.body]);
    expect(replay.headers['idempotency-replayed']).toBe('true');
  });

  test('takes back one that billing has applied', async () => {
    const { id, loan } = await recorded();
    await payment.feed(payment.billing.repay(loan, id, '100.00'));
    expect((await payment.get(`/v1/payments/${id}`)).body.status).toBe('applied');
    expect((await payment.post(`/v1/payments/${id}/reverse`, {})).body.status).toBe('reversed');
  });

  test('is refused the second time, naming the state and those it needs', async () => {
    const { id } = await recorded();
    await payment.post(`/v1/payments/${id}/reverse`, {});
    const before = await payment.snapshot();
    const { status, body } = await payment.post(`/v1/payments/${id}/chargeback`, {});
    expect([status, body.code]).toEqual([409, 'state_conflict']);
    expect(body.meta).toEqual({ status: 'reversed', allowed: ['settled', 'applied'] });
    expect(await payment.snapshot()).toBe(before);
  });

  test('frees what the payment held, so that the instalment can be paid again at once', async () => {
    const { customerId, id } = await recorded('300.00');
    await payment.post(`/v1/payments/${id}/reverse`, {});
    expect((await payment.post('/v1/payments', paying(customerId, '100.00'))).status).toBe(201);
  });
});

describe('a refusal while a reversal is on its way', () => {
  /** Everything paid and applied, then taken back; billing has not answered the reversal. */
  async function reversedInFlight() {
    const { customerId, loan, id } = await recorded('300.00');
    await payment.feed(payment.billing.repay(loan, id, '300.00'));
    await payment.post(`/v1/payments/${id}/reverse`, {});
    return { customerId, loan, id };
  }

  test('waits for the answer and then decides by it', async () => {
    const { customerId, loan, id } = await reversedInFlight();
    const answer = payment.post('/v1/payments', paying(customerId, '100.00'));
    await payment.send([payment.billing.takeBack(loan, id, ['100.00', '100.00', '100.00'])]);
    expect((await answer).status).toBe(201);
  });

  test("is 'projection_behind' when the answer does not come", async () => {
    const { customerId } = await reversedInFlight();
    const { status, body, headers } = await payment.post('/v1/payments', paying(customerId, '100.00'));
    expect([status, body.code]).toEqual([503, 'projection_behind']);
    expect(headers['retry-after']).toMatch(/^\d+$/);
  });
});
