import { readWebhook } from '../../src/gateway/webhook.ts';

const reference = '019AA4F1-6C00-7000-8000-000000000001';
const data = { reference, amount: '44000', currency: 'IDR', failure_code: null };

describe('a webhook', () => {
  test.each([
    {
      type: 'charge.succeeded',
      kind: 'charge',
      result: { succeeded: true, amount: 4_400_000n, currency: 'IDR' },
    },
    {
      type: 'payout.failed',
      kind: 'payout',
      result: { succeeded: false, failureCode: 'refused_by_provider', wasMade: 'yes' },
    },
  ])('$type is about a $kind', ({ type, kind, result }) =>
    expect(readWebhook('mockpay', { id: 'evt_1', type, data })).toEqual({
      eventId: 'evt_1',
      kind,
      outcome: { provider: 'mockpay', reference: reference.toLowerCase(), result },
    }),
  );

  test.each(['charge.created', 'dispute.succeeded', 'charge.succeeded.v2'])('%s says nothing here', (type) =>
    expect(readWebhook('mockpay', { id: 'evt_1', type, data })).toBeUndefined(),
  );

  test.each([{ amount: '1.005' }, { amount: 'much' }, { currency: 'ZZZ' }])('with %o has no amount', (other) =>
    expect(
      readWebhook('mockpay', { id: 'evt_1', type: 'charge.succeeded', data: { ...data, ...other } }),
    ).toMatchObject({
      outcome: { result: { amount: 0n } },
    }),
  );
});
