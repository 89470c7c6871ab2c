import { daysBetween, type LocalDate } from '@tenor/calendar';
import { divideRounded, max } from '@tenor/money';
import { remainderOf } from '../delinquency/instalment.ts';
import type { LoanState } from '../loans/loan.ts';
import { earnedBy, type PayoffStrategy } from '../loans/payoff.ts';
import { interestOfPlan, postponedOf } from '../loans/plan-interest.ts';
import type { Difference } from './difference.ts';
import { amountsIn, exactJson, type Inputs, type Reason } from './reason.ts';

/**
 * Why an early payoff of that day asks an instalment for less than its plan.
 *
 * @param loan before the payoff, with all that had grown by then
 */
export function payoffReason(
  loan: LoanState,
  on: LocalDate,
  strategy: PayoffStrategy | null,
  difference: Difference,
): Reason {
  const { currency, terms } = loan;
  const { component, instalment, previous, amount } = difference;
  const text = amountsIn(currency);
  const owed = remainderOf(previous, component);
  const base = { owed_before: text(owed), asked: text(owed + amount) };
  const applied = terms.interestMethod === 'flat' ? null : strategy;
  const isEarned = applied !== null && (component === 'interest' || component === 'fee');
  return {
    rule: `payoff.${applied ?? 'rebate'}`,
    inputs: isEarned ? { ...base, ...earnedInputs(loan, on, applied, component, instalment.number) } : base,
    text: `Paid off on ${on}: of the ${component} of instalment ${instalment.number}, ${currency} ${base.asked} was asked instead of ${base.owed_before}.`,
  };
}

/** What the instalments that were not due had planned, owed and earned of the component, and those before this one owed. */
function earnedInputs(
  loan: LoanState,
  on: LocalDate,
  strategy: PayoffStrategy,
  component: 'interest' | 'fee',
  number: number,
): Inputs {
  const text = amountsIn(loan.currency);
  const rest = loan.instalments.filter(({ dueDate }) => dueDate > on);
  const owed = (part: typeof rest): bigint => part.reduce((sum, each) => sum + remainderOf(each, component), 0n);
  const earned = earnedBy(loan, on, strategy)[component];
  return {
    not_due_planned: text(rest.reduce((sum, each) => sum + each[component], 0n)),
    not_due_owed: text(owed(rest)),
    earned: text(earned),
    earlier_owed: text(owed(rest.filter((each) => each.number < number))),
    ...(component === 'interest' && elapsedInputs(loan, on, strategy, earned)),
  };
}

/**
 * The interest of each period that had begun, exactly, and how much of it had passed or counted as passed; nothing where
 * what was earned does not follow from these.
 */
function elapsedInputs(loan: LoanState, on: LocalDate, strategy: PayoffStrategy, earned: bigint): Inputs {
  const { currency, terms } = loan;
  const begun = interestOfPlan(loan).filter(({ from }) => from < on);
  const due = begun.filter(({ instalment }) => instalment.dueDate <= on);
  const postponed = due.reduce((sum, period) => sum + postponedOf(period, terms.rounding), 0n);
  const running = begun
    .filter(({ instalment }) => instalment.dueDate > on)
    .map(({ from, to, ...period }) => {
      const days = daysBetween(from, to);
      return { ...period, days, elapsed: strategy === 'to_the_day' ? Math.min(daysBetween(from, on), days) : days };
    });
  const passed = running.map(({ interest, denominator, days, elapsed }) =>
    divideRounded(interest * BigInt(elapsed), denominator * BigInt(days), terms.rounding),
  );
  const sum = passed.reduce((all, each) => all + each, postponed);
  if (max(sum, 0n) !== earned) return {};
  return {
    postponed_interest: amountsIn(currency)(postponed),
    running_periods: running.map(({ interest, denominator, days, elapsed }) => ({
      exact_interest: exactJson({ numerator: interest, denominator }),
      days,
      elapsed_days: elapsed,
    })),
    rounding: terms.rounding,
  };
}
