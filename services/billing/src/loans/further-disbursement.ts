import type { Refusal } from '@tenor/contracts';
import { formatAmount, type Money, money } from '@tenor/money';
import { aged } from '../penalties/passing-days.ts';
import { invalidTerm } from '../products/terms.ts';
import type { LoanState } from './loan.ts';
import { checkLimit, checkNotFuture, checkPart, type Dated, type LimitContext } from './loan-decisions.ts';
import type { DraftEvent } from './loan-event.ts';
import { furtherDisbursement } from './loan-schedule.ts';
import { NOTHING_NEW, replanned } from './replan.ts';

export interface FurtherContext extends LimitContext {
  /** The loan as it stood on the value date. */
  readonly then: LoanState;
}

/** Whether its terms let more be paid out of a loan that is active. */
export function maySpread({ status, paidOut, terms, principal }: LoanState): boolean {
  const paid = paidOut.reduce((sum, { amount }) => sum + amount, 0n);
  return status === 'active' && paidOut.length < terms.maximumDisbursements && paid < principal;
}

/**
 * Pays out more of the approved principal of an active loan, all that is left of it where no part is asked for. Refuses
 * `state_conflict` for a loan of which nothing more is paid out, `value_date_before_disbursement`,
 * `value_date_in_future`, what `checkPart` refuses, `terms_invalid` where fees take all of it, what `checkLimit`
 * refuses, and what `replanned` does for the plan with it.
 */
export function decideFurtherDisbursement(
  state: LoanState,
  dated: Dated,
  part: Money | null,
  { then, ...limit }: FurtherContext,
): DraftEvent[] | Refusal {
  const { status, currency, principal, paidOut, disbursedOn } = state;
  const valueDate = dated.valueDate ?? dated.businessDate;
  if (!maySpread(state) || disbursedOn === null) {
    const detail = `The loan is ${status}, and nothing more is paid out of it; this needs it to be approved.`;
    return { refused: 'state_conflict', detail, meta: { status, allowed: ['approved'] } };
  }
  if (valueDate < disbursedOn) {
    const detail = `The date ${valueDate} is before the disbursement on ${disbursedOn}.`;
    return { refused: 'value_date_before_disbursement', detail, meta: { disbursed_on: disbursedOn } };
  }
  const amount = part?.minor ?? paidOut.reduce((rest, each) => rest - each.amount, principal);
  const refusal = checkNotFuture(valueDate, dated.businessDate) ?? checkPart(state, part ?? money(amount, currency));
  if (refusal !== undefined) return refusal;
  const { deducted, financed } = furtherDisbursement(state, { on: valueDate, amount });
  if (deducted >= amount) return invalidTerm('fees', 'leave nothing of a disbursement to pay out');
  const added = amount + financed;
  const limited = checkLimit(money(added, currency), limit);
  if (limited !== undefined) return limited;
  const asked = { ...NOTHING_NEW, kind: 'disbursement', changeId: state.loanId, added } as const;
  const anew = replanned(aged(then, valueDate), valueDate, asked);
  if ('refused' in anew) return anew;
  return [{ type: 'disbursed', valueDate, payload: { amount: formatAmount(amount, currency) } }];
}
