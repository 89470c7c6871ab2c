import { date } from '@tenor/calendar';
import type { AppliedPayment, Credit, SettledPayment } from '../../src/reconciliation/reconciliation.ts';

const DAY = date('2026-01-08');

/** A payment of 100 that settled, was applied to one loan and answered, unless told otherwise. */
export function settledPayment(given: Partial<SettledPayment> = {}): SettledPayment {
  return {
    id: 'payment-1',
    customerId: 'customer-1',
    date: DAY,
    currency: 'IDR',
    amount: 100n,
    recordedAt: '2026-01-08T10:00:00.000001Z',
    isReversed: false,
    isAnswered: true,
    reversalUnanswered: false,
    parts: [{ loanId: 'loan-1', applied: 100n, credited: 0n }],
    ...given,
  };
}

/** What billing did with one part. */
export function credit(given: Partial<Credit> = {}): Credit {
  const part = { loanId: 'loan-1', applied: 100n, credited: 0n };
  return { ...part, customerId: 'customer-1', kind: 'payment', currency: 'IDR', ...given };
}

/** The same payment as billing has it. */
export function appliedPayment(credits: readonly Credit[] = [credit()], more: Partial<AppliedPayment> = {}) {
  return { id: 'payment-1', date: DAY, credits, ...more } satisfies AppliedPayment;
}
