import type { Refusal } from '@tenor/contracts';
import { formatAmount, parseAmount } from '@tenor/money';
import { lotIdOf, standingEvents } from '../loans/fold-order.ts';
import { fold, type LoanState } from '../loans/loan.ts';
import type { DraftEvent, LoanEvent, LoanEventPayloads } from '../loans/loan-event.ts';
import { payoff } from '../loans/payoff.ts';
import { aged } from '../penalties/passing-days.ts';

/**
 * Lets a payment, or use of credit, that came in pay the loan off. Refuses `not_found` for one that the loan did not
 * get, `state_conflict` where the loan was not active without it, and `payment_not_exact` for less than the payoff of
 * its day.
 */
export function decidePrepay(
  { currency }: Pick<LoanState, 'currency'>,
  journal: readonly LoanEvent[],
  payload: LoanEventPayloads['prepaid'],
): DraftEvent | Refusal {
  const { lotId, strategy } = payload;
  const lot = standingEvents(journal, undefined).find((event) => lotIdOf(event) === lotId);
  if (lot?.type !== 'repaid' && lot?.type !== 'credit_used') {
    return { refused: 'not_found', detail: `The loan got no payment ${lotId}.` };
  }
  const { valueDate } = lot;
  const others = journal.filter(({ id }) => id !== lot.id);
  const without = fold(others, { asOf: valueDate })?.state;
  if (without?.status !== 'active') {
    const status = without?.status ?? 'pending';
    const detail = `Without the payment the loan is ${status}; this needs it to be active.`;
    return { refused: 'state_conflict', detail, meta: { status, allowed: ['active'] } };
  }
  const asked = payoff(aged(without, valueDate), valueDate, strategy).total;
  const brought = parseAmount(lot.payload.amount, currency);
  if (typeof brought === 'bigint' && brought >= asked) return { type: 'prepaid', valueDate, payload };
  const amount = formatAmount(asked, currency);
  const detail = `A payoff on ${valueDate} takes ${amount} ${currency}, and the payment brought ${lot.payload.amount}.`;
  return { refused: 'payment_not_exact', detail, meta: { amounts: [amount], currency } };
}
