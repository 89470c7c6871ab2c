import type { LocalDate } from '@tenor/calendar';
import { remainderOf } from '../delinquency/instalment.ts';
import type { LoanState } from '../loans/loan.ts';
import { earnedBy, elapsedBy, type PayoffStrategy } from '../loans/payoff.ts';
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
  return {
    not_due_planned: text(rest.reduce((sum, each) => sum + each[component], 0n)),
    not_due_owed: text(owed(rest)),
    earned: text(earnedBy(loan, on, strategy)[component]),
    earlier_owed: text(owed(rest.filter((each) => each.number < number))),
    ...(component === 'interest' && elapsedInputs(loan, on, strategy)),
  };
}

/** The interest of each period that had begun, exactly, and how much of it had passed or counted as passed. */
function elapsedInputs(loan: LoanState, on: LocalDate, strategy: PayoffStrategy): Inputs {
  const text = amountsIn(loan.currency);
  const { postponed, ended, running } = elapsedBy(loan, on, strategy);
  return {
    postponed_interest: text(postponed),
    ended_interest: text(ended.reduce((sum, { interest }) => sum + interest, 0n)),
    running_periods: running.map(({ passed: { interest, denominator, days, elapsed } }) => ({
      exact_interest: exactJson({ numerator: interest, denominator }),
      days,
      elapsed_days: elapsed,
    })),
    rounding: loan.terms.rounding,
  };
}
