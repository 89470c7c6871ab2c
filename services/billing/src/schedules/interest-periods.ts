import { type DueDates, type LocalDate, type YearFraction, yearFraction } from '@tenor/calendar';
import { type Fraction, fraction } from '@tenor/money';
import { interestMethods, type Terms } from '../products/terms.ts';
import type { Period } from './plan.ts';
import { rateOn, type YearlyRate, yearlyRates } from './yearly-rate.ts';

/** Principal in minor units that is owed from a day on; below zero what is owed no more. */
export interface Advance {
  readonly on: LocalDate;
  readonly principal: bigint;
}

export interface InterestPeriods {
  readonly periods: readonly Period[];
  /** Of the periods' numerators. */
  readonly denominator: bigint;
}

/** A part of an interest period in which neither the rate nor the principal changes. */
export interface Slice {
  /** Index of the period. */
  readonly period: number;
  readonly from: LocalDate;
  /** Part of a year; the slices of a period sum to the period's. */
  readonly years: YearFraction;
  readonly rate: Fraction;
}

/**
 * The index of the first instalment that an advance changes: the first whose interest period ends, and which falls
 * due, after that day; -1 when none does.
 */
export function firstChanged({ nominal, due }: DueDates, on: LocalDate): number {
  return due.findIndex((day, index) => day > on && (nominal[index] ?? day) > on);
}

/**
 * What every period costs, exactly: the parts of a period with their own rates and balances are summed unrounded.
 * Advances are in the order of their days, the first on the first day, the last before the last instalment.
 */
export function interestPeriods(terms: Terms, dates: DueDates, advances: readonly Advance[]): InterestPeriods {
  const isPeriodic = interestMethods[terms.interestMethod].rate === 'periodic';
  const slices = isPeriodic ? slicesOf(terms, dates, advances) : [];
  const { factors, denominator } = overOneDenominator(slices);
  const periods = dates.nominal.map(() => ({ factor: 0n, added: 0n, addedInterest: 0n }));
  for (const [index, { period }] of slices.entries()) {
    const at = periods[period];
    if (at !== undefined) at.factor += factors[index] ?? 0n;
  }
  for (const { on, principal } of advances) {
    const changed = firstChanged(dates, on);
    const at = periods[changed];
    if (at === undefined) throw new Error(`nothing falls due after the money of ${on}`);
    at.added += principal;
    for (const [index, { period, from }] of slices.entries()) {
      if (from >= on && period <= changed) at.addedInterest += principal * (factors[index] ?? 0n);
    }
  }
  return { periods, denominator };
}

/** The periods with interest, cut at every day on which the rate or the principal changes. */
export function slicesOf(terms: Terms, { nominal, anchorDay }: DueDates, advances: readonly Advance[]): Slice[] {
  const [first] = advances;
  if (first === undefined) throw new Error('a schedule needs a disbursement');
  const rates = yearlyRates(terms);
  const cuts = cutsOf(rates, advances);
  const free = terms.interestGraceTreatment === 'waived' ? terms.interestGrace : 0;
  return nominal.flatMap((to, period) => {
    if (period < free) return [];
    const start = nominal[period - 1] ?? first.on;
    const years = (until: LocalDate) => yearFraction(terms.dayCount, start, until, terms.frequency, anchorDay);
    const inside = cuts.filter((cut) => cut > start && cut < to);
    let [from, before] = [start, NO_TIME];
    return [...inside, to].map((until): Slice => {
      const total = years(until);
      const slice = { period, from, years: difference(total, before), rate: rateOn(rates, from) };
      [from, before] = [until, total];
      return slice;
    });
  });
}

function cutsOf(rates: readonly YearlyRate[], advances: readonly Advance[]): LocalDate[] {
  const days = [...rates.slice(1).map(({ from }) => from), ...advances.slice(1).map(({ on }) => on)];
  return [...new Set(days.filter((day) => day !== null))].toSorted();
}

const NO_TIME: YearFraction = { numerator: 0n, denominator: 1n };

/** Counted from the start of the period, so that the parts of a month are never more or less than the month. */
function difference(total: YearFraction, before: YearFraction): YearFraction {
  if (before.numerator === 0n) return total;
  return fraction(
    total.numerator * before.denominator - before.numerator * total.denominator,
    total.denominator * before.denominator,
  );
}

/** Rate × time of each slice over one denominator in lowest terms: small numbers keep long products fast. */
function overOneDenominator(slices: readonly Slice[]): { factors: readonly bigint[]; denominator: bigint } {
  const years = commonDenominator(slices.map((slice) => slice.years));
  const rates = commonDenominator(slices.map(({ rate }) => rate));
  const scaled = slices.map(
    ({ years: time, rate }) =>
      time.numerator * (years / time.denominator) * rate.numerator * (rates / rate.denominator),
  );
  const denominator = years * rates;
  // The greatest common divisor of all: each step leaves what is still common.
  const common = [...new Set(scaled)].reduce((rest, factor) => rest / fraction(factor, rest).denominator, denominator);
  return { factors: scaled.map((factor) => factor / common), denominator: denominator / common };
}

function commonDenominator(fractions: readonly YearFraction[]): bigint {
  const distinct = new Set(fractions.map(({ denominator }) => denominator));
  return [...distinct].reduce((common, next) => common * fraction(next, common).numerator, 1n);
}
