import { date } from '@tenor/calendar';
import { decidePrepay } from '../../src/changes/prepay.ts';
import type { LoanEvent, LoanEventOf } from '../../src/loans/loan-event.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { folded, lifecycle, policyWith, prepaid, record, repaid, reversed, waived } from '../builders.ts';

const terms: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 6,
};
const policy = { ...policyWith(), penalty: { amount: '25.00', percentPerDay: null, graceDays: 0, cap: null } };

function decided(last: LoanEventOf<'repaid'>, others: readonly LoanEvent[]): string {
  const journal = [...lifecycle({ terms, policy, disbursedOn: '2026-01-01' }), ...others, last];
  const payload = { lotId: last.payload.paymentId, strategy: 'to_the_day' } as const;
  const draft = decidePrepay(folded(journal).state, journal, payload);
  if ('refused' in draft)
    return `${draft.refused} ${JSON.stringify(draft.meta?.['amounts'] ?? draft.meta?.['status'])}`;
  return folded([...journal, prepaid(last, 'to_the_day')], { asOf: last.valueDate }).state.status;
}

const spent = (lot: LoanEventOf<'repaid'>, amount: string, on: string): LoanEvent =>
  record({
    type: 'credit_spent',
    valueDate: date(on),
    payload: { lotId: lot.payload.paymentId, spendingId: 'refund-1', kind: 'refund', amount },
  });

describe('a payment is let pay the loan off where the loan is paid by it, and nowhere else', () => {
  test('a waiver of the same day comes after it', () => {
    const given = [waived('penalty', '2026-02-15')];
    expect(decided(repaid('1014.19', '2026-02-15'), given)).toBe('payment_not_exact ["1039.19"]');
    expect(decided(repaid('1039.19', '2026-02-15'), given)).toBe('paid');
    expect(decided(repaid('1014.19', '2026-02-15'), [waived('penalty', '2026-02-14')])).toBe('paid');
  });

  test('so does a payment of the same day with a later reference', () => {
    const other = repaid('200.00', '2026-01-15', { paymentId: 'other', externalRef: 'b' });
    const first = repaid('818.37', '2026-01-15', { externalRef: 'a' });
    expect(decided(first, [other])).toBe('payment_not_exact ["1004.52"]');
    const last = repaid('818.37', '2026-01-15', { externalRef: 'c' });
    expect(decided(last, [other])).toBe('paid');
  });

  test('what was spent of it pays nothing', () => {
    const other = repaid('100.00', '2026-01-05', { paymentId: 'other' });
    const last = repaid('1015.00', '2026-01-15', { paymentId: 'last' });
    const refunded = [other, spent(last, '79.72', '2026-01-16'), reversed(other)];
    expect(decided(last, refunded)).toBe('payment_not_exact ["1004.52"]');
    expect(decided(last, [spent(last, '10.00', '2026-01-16')])).toBe('paid');
  });

  test('once', () => {
    const last = repaid('1010.00', '2026-01-15', { paymentId: 'last' });
    expect(decided(last, [prepaid(last, 'to_period_end')])).toBe('state_conflict "paid"');
  });
});
