import { type LocalDate, yearFraction } from '@tenor/calendar';
import { divideRounded, type Fraction } from '@tenor/money';
import type { LoanInstalment } from '../delinquency/instalment.ts';
import { interestMethods, type Terms } from '../products/terms.ts';
import { rateOn, yearlyRates } from '../schedules/yearly-rate.ts';
import type { LoanState } from './loan.ts';
import type { PlanFrame } from './loan-schedule.ts';
import { beginningAfter, type PlanBasis, principalOfBasis } from './plan-basis.ts';

/** How a plan is made anew; amounts in minor units. */
interface Anew extends PlanBasis {
  readonly on: LocalDate;
  /** How many instalments of the plan in force stay. */
  readonly at: number;
  readonly replaced: readonly LoanInstalment[];
  readonly added: bigint;
  readonly prepaid: bigint;
  /** Of the new plan. */
  readonly terms: Terms;
}

/**
 * What a change costs until the new plan begins, in minor units and rounded once; below zero what it saves. A
 * business-day rule may have an instalment due before the end of its period, whose interest it asks for whole: a change
 * on a day between counts from that day, on what is not due. With it goes what an earlier change in these days saved.
 */
export function interestBefore(loan: LoanState, frame: PlanFrame, anew: Anew): bigint {
  const { on, at, added, prepaid } = anew;
  const from = beginningAfter(frame, at);
  if (interestMethods[loan.terms.interestMethod].rate !== 'periodic') return 0n;
  const saved = savedBefore(loan, frame, anew);
  if (on >= from) return -saved;
  const owed = principalOfBasis(anew) - added;
  const after = rateOn(yearlyRates(anew.terms), on);
  const before = rateOn(yearlyRates(loan.terms), on);
  const yearly =
    (owed + added) * after.numerator * before.denominator - (owed + prepaid) * before.numerator * after.denominator;
  const years = yearsUntil(loan, frame, { on, at, from });
  const denominator = after.denominator * before.denominator * years.denominator;
  return divideRounded(yearly * years.numerator, denominator, loan.terms.rounding) - saved;
}

/** What a change in the days before this plan began saved, and its instalments did not ask less of yet. */
function savedBefore({ plan }: LoanState, { start }: PlanFrame, { at, replaced }: Anew): bigint {
  if (plan === null || plan.on >= start || at > 0) return 0n;
  return replaced.reduce((sum, { additions }) => sum + (additions?.forgone.interest ?? 0n), 0n);
}

/** The part of a year from `on` to the end of its period, of which the schedule counts all parts from its start. */
function yearsUntil(
  { terms: { dayCount, frequency } }: LoanState,
  frame: PlanFrame,
  { on, at, from }: { readonly on: LocalDate; readonly at: number; readonly from: LocalDate },
): Fraction {
  const start = at === 0 ? on : beginningAfter(frame, at - 1);
  const until = (day: LocalDate) => yearFraction(dayCount, start, day, frequency, frame.dates.anchorDay);
  const [whole, passed] = [until(from), until(on)];
  return {
    numerator: whole.numerator * passed.denominator - passed.numerator * whole.denominator,
    denominator: whole.denominator * passed.denominator,
  };
}
