import { type Frequency, yearBasis } from '@tenor/calendar';
import { divideRounded, divideRoundedToMultiple, type Fraction, fraction, parseDecimal } from '@tenor/money';
import type { Terms } from '../products/terms.ts';
import type { PlanInput, PlannedParts } from './plan.ts';

/** Interest on the whole principal over the whole term, spread evenly (domain.md §3, `flat`). */
export function planFlat(input: PlanInput): PlannedParts[] {
  const { terms, principal } = input;
  const rate = flatRate(terms);
  const interest = divideRounded(principal * rate.numerator, rate.denominator, terms.rounding);
  return spreadEvenly(input, interest);
}

/** The principal alone, spread evenly. */
export function planWithoutInterest(input: PlanInput): PlannedParts[] {
  return spreadEvenly(input, 0n);
}

/** The part of the principal that is charged in all: the stated rate, or that times the nominal length in years. */
function flatRate({ flatRatePercent, flatRateBasis, numberOfInstalments, frequency, dayCount }: Terms): Fraction {
  const rate = flatRatePercent === null ? undefined : parseDecimal(flatRatePercent);
  if (rate === undefined) throw new Error('flat terms without a rate passed their validation');
  const years =
    flatRateBasis === 'whole_term' ? { numerator: 1n, denominator: 1n } : nominalYear(frequency, yearBasis(dayCount));
  const periods = flatRateBasis === 'whole_term' ? 1n : BigInt(numberOfInstalments);
  return fraction(rate.numerator * years.numerator * periods, rate.denominator * years.denominator * 100n);
}

/** One period as a part of the year: a month 1/12, a week 7 days over the day count's year. */
function nominalYear({ every, unit }: Frequency, basis: number): Fraction {
  const of = (numerator: number, denominator: number): Fraction => fraction(BigInt(numerator), BigInt(denominator));
  switch (unit) {
    case 'day':
      return of(every, basis);
    case 'week':
      return of(7 * every, basis);
    case 'semi_month':
      return of(every, 24);
    case 'month':
      return of(every, 12);
    case 'quarter':
      return of(every, 4);
    default:
      return unit satisfies never;
  }
}

/**
 * Instalment = round((P + I) / n), its interest round(I / n), the principal their difference; the last takes what is
 * left of both. Where that would make a part negative it rounds down instead, and where even that does (a step that is
 * large beside the instalment), principal and interest are divided apart and the step is given up.
 */
function spreadEvenly({ terms, principal, multiple }: PlanInput, interest: bigint): PlannedParts[] {
  const count = BigInt(terms.numberOfInstalments);
  const rounded = (mode: Terms['rounding']): PlannedParts => {
    const each = divideRounded(interest, count, mode);
    return { principal: divideRoundedToMultiple(principal + interest, count, multiple, mode) - each, interest: each };
  };
  const whole = { principal, interest };
  const candidates = [rounded(terms.rounding), rounded('down')];
  const each = candidates.find((one) => isPart(one) && isPart(rest(whole, one, count))) ?? {
    principal: principal / count,
    interest: interest / count,
  };
  const parts = new Array<PlannedParts>(terms.numberOfInstalments - 1).fill(each);
  return [...parts, rest(whole, each, count)];
}

function rest(whole: PlannedParts, each: PlannedParts, count: bigint): PlannedParts {
  return {
    principal: whole.principal - each.principal * (count - 1n),
    interest: whole.interest - each.interest * (count - 1n),
  };
}

function isPart({ principal, interest }: PlannedParts): boolean {
  return principal >= 0n && interest >= 0n;
}
