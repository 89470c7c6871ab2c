import { date } from '@tenor/calendar';
import {
  compareRefunds,
  type DecidedRefund,
  type DecidedStatus,
  type KnownRefund,
  type RefundDecision,
} from '../../src/reconciliation/refund-comparison.ts';

const place = { id: 'refund-1', date: date('2026-01-08') };
const money = { customerId: 'customer-1', currency: 'IDR', amount: 100n };
const known = (status: KnownRefund['status']): KnownRefund => ({
  ...place,
  ...money,
  status,
  recordedAt: '2026-01-08T10:00:00.000001Z',
});
const decided = (given: Partial<RefundDecision> = {}): DecidedRefund => ({
  ...place,
  decisions: [{ ...money, status: 'paid_out', reason: null, ...given }],
});

describe('two books of one refund', () => {
  test.each<[KnownRefund['status'], DecidedStatus]>([
    ['authorised', 'authorised'],
    ['refused', 'refused'],
    ['paid_out', 'paid_out'],
    ['failed', 'failed'],
    ['returned', 'returned'],
  ])('agree: %s and %s', (ours, status) =>
    expect(compareRefunds({ ours: known(ours), theirs: decided({ status }) })).toBeUndefined(),
  );

  test.each<[string, string | null, KnownRefund['status'], DecidedStatus | undefined]>([
    ['not_decided', 'republish_refund', 'requested', undefined],
    ['decision_missing', 'take_decision', 'requested', 'authorised'],
    ['decision_missing', 'take_decision', 'requested', 'refused'],
    ['not_closed', 'republish_refund', 'paid_out', 'authorised'],
    ['not_closed', 'republish_refund', 'failed', 'authorised'],
    ['not_closed', 'republish_refund', 'returned', 'paid_out'],
    ['record_missing', null, 'authorised', undefined],
    ['record_missing', null, 'paid_out', undefined],
    ['status_differs', null, 'requested', 'paid_out'],
    ['status_differs', null, 'authorised', 'paid_out'],
    ['status_differs', null, 'refused', 'authorised'],
    ['status_differs', null, 'failed', 'paid_out'],
  ])('%s (%s): %s here, %s there', (kind, remedy, ours, status) => {
    const theirs = status && decided({ status });
    expect(compareRefunds({ ours: known(ours), theirs })).toEqual({ kind, remedy });
  });

  test.each<[string, KnownRefund | undefined, DecidedRefund]>([
    ['unknown_refund', undefined, decided()],
    ['customer_differs', known('paid_out'), decided({ customerId: 'customer-2' })],
    ['currency_differs', known('paid_out'), decided({ currency: 'USD' })],
    ['amount_differs', known('paid_out'), decided({ amount: 99n })],
    [
      'decided_twice',
      known('paid_out'),
      { ...place, decisions: ['customer-1', 'customer-2'].flatMap((customerId) => decided({ customerId }).decisions) },
    ],
  ])('%s, which only a person can place', (kind, ours, theirs) =>
    expect(compareRefunds({ ours, theirs })).toEqual({ kind, remedy: null }),
  );
});
