import { closedUrl } from '../closed-url.ts';
import { type PaymentTest, paying, startPaymentTest } from '../payment-service.ts';

let payment: PaymentTest;
beforeAll(async () => {
  payment = await startPaymentTest('reconciliation_routes', { BILLING_URL: await closedUrl() });
});
afterAll(() => payment.stop());

describe('reconciliation', () => {
  test.each([
    { query: 'date=2026-01-08', role: 'officer', answer: [503, 'billing_unavailable'] },
    { query: 'date=2026-01-08', role: 'service', answer: [403, 'forbidden'] },
    { query: '', role: 'officer', answer: [400, 'validation_failed'] },
    { query: 'to=2026-01-08', role: 'officer', answer: [400, 'validation_failed'] },
    { query: 'date=2026-01-08&cursor=x', role: 'officer', answer: [400, 'validation_failed'] },
  ])('"$query" of role $role answers $answer', async ({ query, role, answer }) => {
    const { status, headers, body } = await payment.get(`/v1/reconciliation?${query}`, { role });
    expect([status, body.code]).toEqual(answer);
    if (status === 503) expect(headers['retry-after']).toBe('5');
  });

  test.each([
    { body: { date: '2026-01-08' }, role: 'admin', answer: [503, 'billing_unavailable'] },
    { body: { date: '2026-01-08' }, role: 'officer', answer: [403, 'forbidden'] },
    { body: { from: '2026-01-08' }, role: 'admin', answer: [400, 'validation_failed'] },
  ])('healing $body as $role answers $answer and writes nothing', async ({ body, role, answer }) => {
    const before = await payment.snapshot();
    const response = await payment.post('/v1/reconciliation/heal', body, { role });
    expect([response.status, response.body.code]).toEqual(answer);
    expect(await payment.snapshot()).toBe(before);
  });
});

describe('what a payment keeps of its events', () => {
  const kept = (id: string) =>
    payment.rows(
      'select settled_event_id, settled_sequence, reversed_event_id, reversal_kind, reversal_reason from payments where id = $1',
      [id],
    );

  test('is the ids, numbers and words that their messages had', async () => {
    const { customerId } = await payment.customerWithLoan();
    const { body } = await payment.post('/v1/payments', paying(customerId, '100.00'));
    const reason = { reason: 'a bounced cheque' };
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const settled = { settled_event_id: uuid, settled_sequence: '1' };
    expect(await kept(body.id)).toEqual([
      { ...settled, reversed_event_id: null, reversal_kind: null, reversal_reason: null },
    ]);
    await payment.post(`/v1/payments/${body.id}/chargeback`, reason);
    expect(await kept(body.id)).toEqual([
      { ...settled, reversed_event_id: uuid, reversal_kind: 'chargeback', reversal_reason: reason.reason },
    ]);
  });
});
