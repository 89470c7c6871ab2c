import type { Refusal } from '@tenor/contracts';
import type { LoanState } from '../loans/loan.ts';
import type { DraftEvent, LoanEventPayloads } from '../loans/loan-event.ts';
import { replanned, replanOf } from '../loans/replan.ts';
import { aged } from '../penalties/passing-days.ts';
import { invalidTerm } from '../products/terms.ts';
import { checkLive, type Effective } from './charge.ts';

/**
 * Plans anew what of a live loan is not due on the value date. Refuses what `checkLive` does, `state_conflict` for a day
 * on which another plan was in force, `terms_invalid` for a first due date that is not after it, and what `replanned`
 * refuses.
 */
export function decideRestructure(
  state: LoanState,
  payload: LoanEventPayloads['restructured'],
  when: Effective,
): DraftEvent | Refusal {
  const valueDate = when.valueDate ?? when.businessDate;
  const refusal = checkLive(state, valueDate, when.businessDate) ?? checkLatest(state, valueDate);
  if (refusal !== undefined) return refusal;
  const asked = replanOf(payload.change);
  if (asked.firstDueDate !== null && asked.firstDueDate <= valueDate) {
    return invalidTerm('firstDueDate', `must be after the change on ${valueDate}`);
  }
  const anew = replanned(aged(state, valueDate), valueDate, asked);
  return 'refused' in anew ? anew : { type: 'restructured', valueDate, payload };
}

/** Plans follow each other in the order of their days, so that each was one that the loan really had. */
function checkLatest({ plan, status }: LoanState, valueDate: LoanState['maturityDate']): Refusal | undefined {
  if (plan === null || valueDate >= plan.on) return undefined;
  const detail = `The plan in force is of ${plan.on}, which is after ${valueDate}.`;
  return { refused: 'state_conflict', detail, meta: { status, since: plan.on } };
}
