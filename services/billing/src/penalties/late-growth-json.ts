import { yearBasis } from '@tenor/calendar';
import type { LateGrowth } from '@tenor/contracts';
import { type Fraction, formatAmount, fraction } from '@tenor/money';
import { decimalText, isZero } from '../products/decimals.ts';
import type { PenaltyPolicy } from '../products/policy.ts';
import { statedAmount } from '../products/stated-amount.ts';
import { yearlyRates } from '../schedules/yearly-rate.ts';
import { bearsLateInterest, growsLate, type LateTerms } from './late-charge.ts';

/** The rule by which late instalments of a loan grow, as events tell it; undefined where nothing grows. */
export function lateGrowthJson(late: LateTerms): LateGrowth | undefined {
  if (!growsLate(late)) return undefined;
  const { terms, policy, currency } = late;
  return {
    penalty: policy.penalty && {
      ...penaltyJson(policy.penalty, currency),
      ...taxJson(terms.tax?.penaltyPercent),
    },
    interest: bearsLateInterest(late)
      ? {
          percent_per_year: percentText(highestRate(late)),
          year_days: yearBasis(terms.dayCount),
          ...taxJson(terms.tax?.interestPercent),
        }
      : null,
  };
}

const taxJson = (percent = '0') => (isZero(percent) ? {} : { tax_percent: percent });

function penaltyJson({ amount, percentPerDay, graceDays, cap }: PenaltyPolicy, currency: string) {
  const text = (stated: string): string => formatAmount(statedAmount(stated, currency), currency);
  return {
    amount: percentPerDay === null && amount !== null ? text(amount) : null,
    percent_per_day: percentPerDay,
    grace_days: graceDays,
    cap: cap === null ? null : text(cap),
  };
}

/** A part of the principal per year; zero where every rate is below. */
function highestRate({ terms }: LateTerms): Fraction {
  return yearlyRates(terms)
    .map(({ rate }) => rate)
    .reduce((high, rate) => (rate.numerator * high.denominator > high.numerator * rate.denominator ? rate : high), {
      numerator: 0n,
      denominator: 1n,
    });
}

function percentText({ numerator, denominator }: Fraction): string {
  return decimalText(fraction(numerator * 100n, denominator));
}
