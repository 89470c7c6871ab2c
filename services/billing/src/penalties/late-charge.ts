import { type LocalDate, yearBasis } from '@tenor/calendar';
import { divideRounded, min, parseDecimal } from '@tenor/money';
import type { PenaltyPolicy, ProductPolicy } from '../products/policy.ts';
import { statedAmount } from '../products/stated-amount.ts';
import { interestMethods, type Terms } from '../products/terms.ts';
import { rateOn, yearlyRates } from '../schedules/yearly-rate.ts';

/** What of a loan its late charges follow from. */
export interface LateTerms {
  readonly terms: Terms;
  readonly policy: Pick<ProductPolicy, 'penalty' | 'lateInterest'>;
  readonly currency: string;
}

/** Whether anything of the loan grows with the days that an instalment is late. */
export function growsLate({ terms, policy }: LateTerms): boolean {
  return policy.penalty !== null || bearsLateInterest({ terms, policy });
}

/** Where interest does not follow from a rate, none runs on what is late. */
export function bearsLateInterest({ terms, policy }: Pick<LateTerms, 'terms' | 'policy'>): boolean {
  return policy.lateInterest && interestMethods[terms.interestMethod].rate === 'periodic';
}

/**
 * The penalty of an instalment that was late (domain.md §2), in minor units: a fixed amount once, or a part per day of
 * what of principal, interest and fee was overdue, its sum rounded once; at most the cap.
 *
 * @param lateDays Σ over the days after due date and grace of what was overdue at their start: minor units × days
 */
export function penaltyOf(penalty: PenaltyPolicy | null, lateDays: bigint, { terms, currency }: LateTerms): bigint {
  if (penalty === null || lateDays === 0n) return 0n;
  const charged =
    penalty.percentPerDay === null ? statedAmount(penalty.amount, currency) : perDay(penalty.percentPerDay);
  return penalty.cap === null ? charged : min(charged, statedAmount(penalty.cap, currency));

  function perDay(percent: string): bigint {
    const rate = parseDecimal(percent);
    if (rate === undefined) throw new Error(`a validated penalty has no decimal: ${percent}`);
    return divideRounded(lateDays * rate.numerator, rate.denominator * 100n, terms.rounding);
  }
}

/**
 * Interest on principal that is late, in minor units: the yearly rate that held on the due date, for each day over the
 * year basis of the day count, its sum rounded once.
 *
 * @param latePrincipalDays Σ over the days after the due date of the overdue principal: minor units × days
 */
export function lateInterestOf(latePrincipalDays: bigint, dueDate: LocalDate, late: LateTerms): bigint {
  const { terms } = late;
  if (!bearsLateInterest(late) || latePrincipalDays === 0n) return 0n;
  const { numerator, denominator } = rateOn(yearlyRates(terms), dueDate);
  return divideRounded(latePrincipalDays * numerator, denominator * BigInt(yearBasis(terms.dayCount)), terms.rounding);
}
