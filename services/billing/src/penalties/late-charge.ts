import { type LocalDate, yearBasis } from '@tenor/calendar';
import { divideRounded, min } from '@tenor/money';
import { interestTax, penaltyTax } from '../products/charge.ts';
import { percentage } from '../products/decimals.ts';
import type { PenaltyPolicy, ProductPolicy } from '../products/policy.ts';
import { statedAmount } from '../products/stated-amount.ts';
import { interestMethods, type Terms } from '../products/terms.ts';
import type { Parts } from '../schedules/schedule.ts';
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

/** What lateness makes an instalment of a loan ask for, in minor units. */
export interface LateCharges {
  /** @param lateDays Σ over the days after due date and grace of what was overdue at their start: minor units × days */
  readonly penaltyOf: (lateDays: bigint) => bigint;
  /** @param latePrincipalDays Σ over the days after the due date of the overdue principal: minor units × days */
  readonly lateInterestOf: (latePrincipalDays: bigint, dueDate: LocalDate) => bigint;
  /** The tax on all penalty that an instalment asks for and on its late interest, each rounded once. */
  readonly taxOf: (asked: Pick<Parts, 'penalty' | 'interest'>) => bigint;
}

/** The late charges of a loan; its terms are read once, however many instalments are late. */
export function lateCharges(late: LateTerms): LateCharges {
  return {
    penaltyOf: penaltyRule(late),
    lateInterestOf: lateInterestRule(late),
    taxOf: ({ penalty, interest }) => penaltyTax(late.terms, penalty) + interestTax(late.terms, interest),
  };
}

/**
 * The penalty of an instalment that was late (domain.md §2): a fixed amount once, or a part per day of what of
 * principal, interest and fee was overdue, its sum rounded once; at most the cap.
 */
function penaltyRule({ policy: { penalty }, terms, currency }: LateTerms): LateCharges['penaltyOf'] {
  if (penalty === null) return () => 0n;
  const charged =
    penalty.percentPerDay === null ? fixed(penalty.amount, currency) : perDay(penalty.percentPerDay, terms);
  const cap = penalty.cap === null ? null : statedAmount(penalty.cap, currency);
  return (lateDays) => {
    if (lateDays === 0n) return 0n;
    return cap === null ? charged(lateDays) : min(charged(lateDays), cap);
  };
}

function fixed(text: PenaltyPolicy['amount'], currency: string): LateCharges['penaltyOf'] {
  const amount = statedAmount(text, currency);
  return () => amount;
}

function perDay(percent: string, { rounding }: Terms): LateCharges['penaltyOf'] {
  const { numerator, denominator } = percentage(percent);
  return (lateDays) => divideRounded(lateDays * numerator, denominator, rounding);
}

/**
 * Interest on principal that is late: the yearly rate that held on the due date, for each day over the year basis of
 * the day count, its sum rounded once.
 */
function lateInterestRule({ terms, policy }: LateTerms): LateCharges['lateInterestOf'] {
  if (!bearsLateInterest({ terms, policy })) return () => 0n;
  const rates = yearlyRates(terms);
  const basis = BigInt(yearBasis(terms.dayCount));
  return (latePrincipalDays, dueDate) => {
    if (latePrincipalDays === 0n) return 0n;
    const { numerator, denominator } = rateOn(rates, dueDate);
    return divideRounded(latePrincipalDays * numerator, denominator * basis, terms.rounding);
  };
}
