import { type Frequency, yearBasis } from '@tenor/calendar';
import { divideRounded, type Fraction, fraction } from '@tenor/money';
import { percentage } from '../products/decimals.ts';
import type { Terms } from '../products/terms.ts';
import { spreadEvenly } from './even-parts.ts';
import type { PlanInput, PlannedParts } from './plan.ts';

/**
 * Interest on the whole principal over the whole term, spread evenly (domain.md §3, `flat`). A later disbursement
 * bears its own: the rate of the whole term, or the yearly one over the periods that are left.
 */
export function planFlat(input: PlanInput): PlannedParts[] {
  const { terms, earlier, periods } = input;
  const term = earlier.length + periods.length;
  let interest = 0n;
  for (const [index, { added }] of [...earlier, ...periods].entries()) {
    if (added !== 0n) interest += flatInterest(terms, added, term - index);
  }
  for (const instalment of earlier) interest -= instalment.interest;
  return spreadEvenly(input, interest);
}

/** What principal that is owed over so many periods costs in all, in minor units. */
export function flatInterest(terms: Terms, principal: bigint, periods: number): bigint {
  const { numerator, denominator } = flatRate(terms, periods);
  return divideRounded(principal * numerator, denominator, terms.rounding);
}

/** The principal alone, spread evenly. */
export function planWithoutInterest(input: PlanInput): PlannedParts[] {
  return spreadEvenly(input, 0n);
}

/** The part of the principal that is charged in all: the stated rate, or that times the nominal length in years. */
export function flatRate({ flatRatePercent, flatRateBasis, frequency, dayCount }: Terms, periods: number): Fraction {
  if (flatRatePercent === null) throw new Error('flat terms without a rate passed their validation');
  const rate = percentage(flatRatePercent);
  if (flatRateBasis === 'whole_term') return rate;
  const years = nominalYear(frequency, yearBasis(dayCount));
  return {
    numerator: rate.numerator * years.numerator * BigInt(periods),
    denominator: rate.denominator * years.denominator,
  };
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
