import type { LocalDate } from '@tenor/calendar';
import { divideRounded } from '@tenor/money';
import { interestMethods, type Terms } from '../products/terms.ts';
import type { LoanInstalment, LoanState } from './loan.ts';
import { planFrame } from './loan-schedule.ts';

/** What an instalment's period costs: `interest` ÷ `denominator` minor units, exact where it follows from a rate. */
export interface PeriodCost {
  readonly instalment: LoanInstalment;
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly interest: bigint;
  readonly denominator: bigint;
}

/** Of each period of the plan in force, in their order. */
export function interestOfPlan(loan: LoanState): PeriodCost[] {
  const { start, instalments, dates, costs } = planFrame(loan);
  const isPeriodic = interestMethods[loan.terms.interestMethod].rate === 'periodic';
  return costs.periods.flatMap(({ factor, added, addedInterest }, index) => {
    const [instalment, to] = [instalments[index], dates.nominal[index]];
    if (instalment === undefined || to === undefined) throw new Error('a plan has another length than its periods');
    const from = dates.nominal[index - 1] ?? start;
    if (!isPeriodic) return [{ instalment, from, to, interest: instalment.interest, denominator: 1n }];
    const before = instalment.principal + instalment.balanceAfter - added;
    return [{ instalment, from, to, interest: before * factor + addedInterest, denominator: costs.denominator }];
  });
}

/** What of a period's interest its instalment leaves to a later one, in minor units; below zero what it asks of theirs. */
export function postponedOf(
  { instalment, interest, denominator }: Pick<PeriodCost, 'instalment' | 'interest' | 'denominator'>,
  rounding: Terms['rounding'],
): bigint {
  return divideRounded(interest, denominator, rounding) - instalment.interest;
}
