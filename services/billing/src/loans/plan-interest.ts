import { daysBetween, type LocalDate } from '@tenor/calendar';
import { divideRounded } from '@tenor/money';
import { interestMethods, type Terms } from '../products/terms.ts';
import type { LoanInstalment, LoanState } from './loan.ts';
import { endedOn, planFrame } from './loan-schedule.ts';

/** What an instalment's period costs: `interest` ÷ `denominator` minor units, exact where it follows from a rate. */
export interface PeriodCost {
  readonly instalment: LoanInstalment;
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly interest: bigint;
  readonly denominator: bigint;
  /** Whether the plan begins with it. */
  readonly isFirst: boolean;
}

/** Of each period of the plan in force, in their order. */
export function interestOfPlan(loan: LoanState): PeriodCost[] {
  const { start, instalments, dates, costs } = planFrame(loan);
  const isPeriodic = interestMethods[loan.terms.interestMethod].rate === 'periodic';
  return costs.periods.flatMap(({ factor, added, addedInterest }, index) => {
    const [instalment, to] = [instalments[index], dates.nominal[index]];
    if (instalment === undefined || to === undefined) throw new Error('a plan has another length than its periods');
    const from = dates.nominal[index - 1] ?? start;
    if (!isPeriodic)
      return [{ instalment, from, to, interest: instalment.interest, denominator: 1n, isFirst: index === 0 }];
    const before = instalment.principal + instalment.balanceAfter - added;
    const interest = before * factor + addedInterest;
    return [{ instalment, from, to, interest, denominator: costs.denominator, isFirst: index === 0 }];
  });
}

/**
 * What of a period has been earned at the end of `on`, in minor units: its unrounded interest × actual days elapsed ÷
 * actual days in it (domain.md §8). Where the plan was made inside the period, what was owed or its rate changed in it:
 * then that of the days until `on`, each at what was owed and at the rate of that day.
 */
export function earnedUntil(loan: LoanState, period: PeriodCost, on: LocalDate): bigint {
  const { from, to, interest, denominator, isFirst } = period;
  const { rounding } = loan.terms;
  if (on >= to) return divideRounded(interest, denominator, rounding);
  if (isFirst && loan.plan !== null && loan.plan.on > from) {
    const { periods, denominator: own } = endedOn(loan, on);
    return divideRounded(periods[0]?.addedInterest ?? 0n, own, rounding);
  }
  const [elapsed, days] = [BigInt(daysBetween(from, on)), BigInt(daysBetween(from, to))];
  return divideRounded(interest * elapsed, denominator * days, rounding);
}

/** What of a period's interest its instalment leaves to a later one, in minor units; below zero what it asks of theirs. */
export function postponedOf(
  { instalment, interest, denominator }: Pick<PeriodCost, 'instalment' | 'interest' | 'denominator'>,
  rounding: Terms['rounding'],
): bigint {
  return divideRounded(interest, denominator, rounding) - instalment.interest;
}
