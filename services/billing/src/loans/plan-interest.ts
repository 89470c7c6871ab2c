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

/** What of a period counts by a day: its exact interest, `interest` ÷ `denominator` minor units, × `elapsed` ÷ `days`. */
export interface PassedInterest extends Pick<PeriodCost, 'interest' | 'denominator'> {
  readonly elapsed: number;
  readonly days: number;
}

/**
 * What of a period has passed at the end of `on`: its actual days elapsed of the actual days in it (domain.md §8). Where
 * the plan was made inside the period, what was owed or its rate changed in it: then all of the interest of the days
 * until `on`, each at what was owed and at the rate of that day.
 */
export function passedBy(loan: LoanState, period: PeriodCost, on: LocalDate): PassedInterest {
  const { from, to, interest, denominator, isFirst } = period;
  const days = daysBetween(from, to);
  const elapsed = Math.min(daysBetween(from, on), days);
  if (elapsed === days || !isFirst || loan.plan === null || loan.plan.on <= from) {
    return { interest, denominator, elapsed, days };
  }
  const { periods, denominator: own } = endedOn(loan, on);
  return { interest: periods[0]?.addedInterest ?? 0n, denominator: own, elapsed, days: elapsed };
}

/** What of a period has been earned at the end of `on`, which is after its start: in minor units, rounded once. */
export function earnedUntil(loan: LoanState, period: PeriodCost, on: LocalDate): bigint {
  return roundedInterest(passedBy(loan, period, on), loan.terms.rounding);
}

/** In minor units. */
export function roundedInterest(passed: PassedInterest, rounding: Terms['rounding']): bigint {
  const { interest, denominator, elapsed, days } = passed;
  return divideRounded(interest * BigInt(elapsed), denominator * BigInt(days), rounding);
}

/** Whether an instalment's period ended before the plan in force began, though it may be due later. */
export function hasEnded({ plan }: Pick<LoanState, 'plan'>, { number }: LoanInstalment): boolean {
  return plan !== null && number <= plan.after;
}

/** What of a period's interest its instalment leaves to a later one, in minor units; below zero what it asks of theirs. */
export function postponedOf(
  { instalment, interest, denominator }: Pick<PeriodCost, 'instalment' | 'interest' | 'denominator'>,
  rounding: Terms['rounding'],
): bigint {
  return divideRounded(interest, denominator, rounding) - instalment.interest;
}
