import { yearBasis } from '@tenor/calendar';
import { NO_ADDITIONS, remainderOf } from '../delinquency/instalment.ts';
import type { LoanState } from '../loans/loan.ts';
import { costingWhenLate } from '../penalties/passing-days.ts';
import { rateOn, yearlyRates } from '../schedules/yearly-rate.ts';
import type { Difference } from './difference.ts';
import { amountsIn, type Inputs, percentText, type Reason } from './reason.ts';

/** Why days that passed made an instalment owe more: its penalty, or interest on principal that is late. */
export function growthReason(loan: LoanState, difference: Difference): Reason {
  return difference.component === 'penalty' ? penaltyReason(loan, difference) : lateInterestReason(loan, difference);
}

function penaltyReason({ policy: { penalty }, currency, terms }: LoanState, difference: Difference): Reason {
  if (penalty === null) throw new Error('A penalty grew that the policy does not have');
  const { percentPerDay, amount, cap } = penalty;
  const text = amountsIn(currency);
  const base = { grown_before: text(grownBefore(difference)), ...(cap !== null && { cap }) };
  const number = difference.instalment.number;
  if (percentPerDay === null) {
    const inputs = { ...base, penalty_amount: amount ?? '0' };
    return {
      rule: 'penalty.fixed',
      inputs,
      text: `Instalment ${number} was late: a penalty of ${currency} ${amount}, once.`,
    };
  }
  const late = lateInputs(difference, 'lateDays', currency);
  return {
    rule: 'penalty.percent_per_day',
    inputs: { ...base, ...late, percent_per_day: percentPerDay, rounding: terms.rounding },
    text: `${percentPerDay} % a day of ${currency} ${late.overdue} overdue of instalment ${number}, for ${late.days} days more.`,
  };
}

function lateInterestReason({ terms, currency }: LoanState, difference: Difference): Reason {
  const { number, dueDate } = difference.instalment;
  const rate = percentText(rateOn(yearlyRates(terms), dueDate));
  const late = lateInputs(difference, 'latePrincipalDays', currency);
  return {
    rule: 'late_interest',
    inputs: {
      grown_before: amountsIn(currency)(grownBefore(difference)),
      ...late,
      annual_rate_percent: rate,
      year_basis: yearBasis(terms.dayCount),
      rounding: terms.rounding,
    },
    text: `Interest at ${rate} % a year on ${currency} ${late.overdue} of late principal of instalment ${number}, for ${late.days} days more.`,
  };
}

const grownBefore = ({ previous, component }: Difference): bigint =>
  (previous.additions ?? NO_ADDITIONS).grown[component];

/** What was overdue for how many days, and the sum of amount × days before and after them. */
function lateInputs({ previous, instalment }: Difference, sum: 'lateDays' | 'latePrincipalDays', currency: string) {
  const text = amountsIn(currency);
  const before = (previous.additions ?? NO_ADDITIONS)[sum];
  const after = (instalment.additions ?? NO_ADDITIONS)[sum];
  const overdue = sum === 'lateDays' ? costingWhenLate(previous) : remainderOf(previous, 'principal');
  return {
    overdue: text(overdue),
    days: overdue === 0n ? 0 : Number((after - before) / overdue),
    amount_days_before: text(before),
    amount_days: text(after),
  } satisfies Inputs;
}
