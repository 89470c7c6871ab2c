import type { Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { eventsBefore, lotIdOf, sortKey, standingEvents } from '../loans/fold-order.ts';
import { toleranceOf } from '../loans/incoming-payment.ts';
import { fold, type LoanState } from '../loans/loan.ts';
import { lotsOf } from '../loans/loan-effects.ts';
import type { DraftEvent, LoanEvent, LoanEventPayloads } from '../loans/loan-event.ts';
import { payoff } from '../loans/payoff.ts';
import { minorOf } from '../loans/working-loan.ts';
import { aged } from '../penalties/passing-days.ts';

/**
 * Lets a payment, or use of credit, that came in pay the loan off. Refuses `state_conflict` for a loan that was not paid
 * out, `not_found` for a payment that it did not get, `state_conflict` for one that is to do so already or where the loan was not active when it came, and
 * `payment_not_exact` where what it brought, less what was spent of it, is less than the payoff at its place in the day
 * and what the product gives up: before the waivers of that day, and after the payments that come before it.
 */
export function decidePrepay(
  loan: Pick<LoanState, 'currency' | 'status' | 'policy' | 'disbursedOn'>,
  journal: readonly LoanEvent[],
  payload: LoanEventPayloads['prepaid'],
): DraftEvent | Refusal {
  const { currency, status } = loan;
  const { lotId, strategy } = payload;
  if (loan.disbursedOn === null) {
    const detail = `The loan is ${status}; this needs it to be active.`;
    return { refused: 'state_conflict', detail, meta: { status, allowed: ['active', 'paid'] } };
  }
  const standing = standingEvents(journal, undefined);
  const lot = standing.find((event) => lotIdOf(event) === lotId);
  if (lot?.type !== 'repaid' && lot?.type !== 'credit_used') {
    return { refused: 'not_found', detail: `The loan got no payment ${lotId}.` };
  }
  const { spent, payoffs } = lotsOf(journal, standing, currency);
  if (payoffs.has(lotId)) {
    const detail = `The payment ${lotId} is to pay the loan off already.`;
    return { refused: 'state_conflict', detail, meta: { status, allowed: ['active'] } };
  }
  const { valueDate } = lot;
  const then = fold(eventsBefore(journal, sortKey(lot)))?.state;
  if (then?.status !== 'active') {
    const found = then?.status ?? 'pending';
    const detail = `Without the payment the loan is ${found}; this needs it to be active.`;
    return { refused: 'state_conflict', detail, meta: { status: found, allowed: ['active'] } };
  }
  const asked = payoff(aged(then, valueDate), valueDate, strategy).total;
  const brought = minorOf(lot.payload.amount, currency) - (spent.get(lotId) ?? 0n);
  if (brought + toleranceOf(loan) >= asked) return { type: 'prepaid', valueDate, payload };
  const amount = formatAmount(asked, currency);
  const detail = `A payoff on ${valueDate} takes ${amount} ${currency}, and the payment brought ${formatAmount(brought, currency)}.`;
  return { refused: 'payment_not_exact', detail, meta: { amounts: [amount], currency } };
}
