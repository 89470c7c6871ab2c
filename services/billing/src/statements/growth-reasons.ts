import { yearBasis } from '@tenor/calendar';
import { askedOf, NO_ADDITIONS, remainderOf } from '../delinquency/instalment.ts';
import type { LoanState } from '../loans/loan.ts';
import { costingWhenLate } from '../penalties/passing-days.ts';
import { defaultTax } from '../products/terms.ts';
import { rateOn, yearlyRates } from '../schedules/yearly-rate.ts';
import type { Difference } from './difference.ts';
import { amountsIn, type Inputs, percentText, type Reason } from './reason.ts';

/** Why days that passed made an instalment owe more: its penalty, or interest on principal that is late. */
export function growthReason(loan: LoanState, difference: Difference): Reason {
  switch (difference.component) {
    case 'penalty':
      return penaltyReason(loan, difference);
    case 'fee':
      return taxReason(loan, difference);
    default:
      return lateInterestReason(loan, difference);
  }
}

/** Why an instalment asks for more tax: of the penalty that it asks for, and of its late interest. */
export function taxReason({ terms, currency }: LoanState, { previous, instalment }: Difference): Reason {
  const text = amountsIn(currency);
  const { penaltyPercent, interestPercent } = terms.tax ?? defaultTax;
  return {
    rule: 'late_tax',
    inputs: {
      penalty_before: text(askedOf(previous, 'penalty')),
      penalty_after: text(askedOf(instalment, 'penalty')),
      tax_penalty_percent: penaltyPercent,
      late_interest_before: text((previous.additions ?? NO_ADDITIONS).grown.interest),
      late_interest_after: text((instalment.additions ?? NO_ADDITIONS).grown.interest),
      tax_interest_percent: interestPercent,
      rounding: terms.rounding,
    },
    text: `The tax of ${penaltyPercent} % on the penalty of instalment ${instalment.number}, and of ${interestPercent} % on its late interest.`,
  };
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
