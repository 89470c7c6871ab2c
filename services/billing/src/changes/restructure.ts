import type { Refusal } from '@tenor/contracts';
import { fraction } from '@tenor/money';
import type { LoanState } from '../loans/loan.ts';
import type { DraftEvent, LoanEventPayloads } from '../loans/loan-event.ts';
import { type LoanChange, type Replanned, replanned, replanOf } from '../loans/replan.ts';
import { aged } from '../penalties/passing-days.ts';
import { compareDecimals, decimal } from '../products/decimals.ts';
import { type TermName, type Terms, termName } from '../products/terms.ts';
import { checkLive, type Effective } from './charge.ts';

const MONTHS_PER_YEAR = 12n;

/**
 * Plans anew what of a live loan is not due on the value date. Refuses what `checkLive` does, `state_conflict` for a day
 * on which another plan was in force, `terms_not_allowed` for a rate outside the bounds of its product, what `replanned`
 * refuses, and `terms_not_allowed` where the number of instalments that is asked for makes more or fewer of them in all.
 *
 * @param agreed the terms that the loan was opened with, whose rate the bounds are of
 */
export function decideRestructure(
  state: LoanState,
  payload: LoanEventPayloads['restructured'],
  when: Effective,
  agreed: Terms,
): DraftEvent | Refusal {
  const { change, restructureId } = payload;
  const valueDate = when.valueDate ?? when.businessDate;
  const refusal =
    checkLive(state, valueDate, when.businessDate) ?? checkLatest(state, valueDate) ?? checkRate(state, change, agreed);
  if (refusal !== undefined) return refusal;
  const anew = replanned(aged(state, valueDate), valueDate, replanOf(change, restructureId));
  if ('refused' in anew) return anew;
  return checkTenor(state, change, anew) ?? { type: 'restructured', valueDate, payload };
}

/** Plans follow each other in the order of their days, so that each was one that the loan really had. */
function checkLatest({ plan, status }: LoanState, valueDate: LoanState['maturityDate']): Refusal | undefined {
  if (plan === null || valueDate >= plan.on) return undefined;
  const detail = `The plan in force is of ${plan.on}, which is after ${valueDate}.`;
  return { refused: 'state_conflict', detail, meta: { status, since: plan.on } };
}

/** A change states the rate per year, the bounds are of the rate as the product states it. */
function checkRate({ policy, product }: LoanState, change: LoanChange, agreed: Terms): Refusal | undefined {
  const { rateBounds } = policy;
  const percent = 'annualRatePercent' in change ? change.annualRatePercent : null;
  if (rateBounds === null || percent === null) return undefined;
  const perYear = agreed.monthlyRatePercent === null ? 1n : MONTHS_PER_YEAR;
  const compared = (bound: string): number => {
    const { numerator, denominator } = decimal(bound);
    return compareDecimals(decimal(percent), fraction(numerator * perYear, denominator));
  };
  if (compared(rateBounds.min) >= 0 && compared(rateBounds.max) <= 0) return undefined;
  const unit = perYear === 1n ? 'year' : 'month';
  return notAllowed(
    product.code,
    'annualRatePercent',
    `must be from ${rateBounds.min} to ${rateBounds.max} per ${unit}`,
  );
}

/** A payment holiday is no agreement on another tenor, whatever it adds. */
function checkTenor({ policy, product, terms }: LoanState, change: LoanChange, anew: Replanned): Refusal | undefined {
  const { tenorBounds } = policy;
  const isAsked = 'numberOfInstalments' in change && change.numberOfInstalments !== null;
  if (tenorBounds === null || !isAsked) return undefined;
  const count = anew.instalments.length - (terms.downPaymentPercent === null ? 0 : 1);
  if (count >= tenorBounds.min && count <= tenorBounds.max) return undefined;
  const { min, max } = tenorBounds;
  return notAllowed(product.code, 'numberOfInstalments', `makes ${count} in all, which must be from ${min} to ${max}`);
}

function notAllowed(product: string, name: TermName, fault: string): Refusal {
  const term = termName(name);
  return { refused: 'terms_not_allowed', detail: `${term} ${fault} (product ${product}).`, meta: { term, product } };
}
