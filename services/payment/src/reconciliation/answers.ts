import type { BillingAnswer } from '../payments/payment.ts';
import type { AppliedPayment, SettledPayment } from './reconciliation.ts';
import type { Pair } from './stretch.ts';

/** What billing would have answered of a payment, from its books: what this service has not heard of them yet. */
export function answersOf({
  ours,
  theirs,
}: Pick<Pair<SettledPayment, AppliedPayment>, 'ours' | 'theirs'>): BillingAnswer[] {
  if (ours === undefined || theirs === undefined) return [];
  const { id: paymentId } = theirs;
  const heard = ours.parts.find(({ loanId }) => loanId === null)?.credited ?? 0n;
  return theirs.credits.flatMap(({ kind, loanId, applied, credited }): BillingAnswer[] => {
    if (kind === 'reversal') return [{ kind: 'taken_back', paymentId, loanId }];
    if (loanId !== null) return [{ kind: 'applied', paymentId, loanId, applied, credited }];
    return credited > heard ? [{ kind: 'credited', paymentId, amount: credited - heard }] : [];
  });
}
