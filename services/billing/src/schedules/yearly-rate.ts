import type { LocalDate } from '@tenor/calendar';
import { type Fraction, fraction, parseDecimal } from '@tenor/money';
import type { Terms } from '../products/terms.ts';

/** A rate that holds from a day on, as a part of the principal per year; the first holds before its day too. */
export interface YearlyRate {
  /** Null: from ever. */
  readonly from: LocalDate | null;
  readonly rate: Fraction;
}

const MONTHS_PER_YEAR = 12n;

/** The rates of terms whose interest runs on the balance, in the order of their days; never empty. */
export function yearlyRates({ annualRatePercent, monthlyRatePercent, indexRate }: Terms): readonly YearlyRate[] {
  if (annualRatePercent !== null) return [{ from: null, rate: partOf(annualRatePercent) }];
  if (monthlyRatePercent !== null) {
    const { numerator, denominator } = partOf(monthlyRatePercent);
    return [{ from: null, rate: fraction(numerator * MONTHS_PER_YEAR, denominator) }];
  }
  if (indexRate === null) throw new Error('terms without a rate passed their validation');
  const margin = partOf(indexRate.marginPercent);
  return indexRate.values.map(({ from, percent }) => ({ from, rate: sum(partOf(percent), margin) }));
}

/** The rate that holds on a day. */
export function rateOn(rates: readonly YearlyRate[], day: LocalDate): Fraction {
  const current = rates.findLast(({ from }) => from === null || from <= day) ?? rates[0];
  if (current === undefined) throw new Error('an index without a value passed its validation');
  return current.rate;
}

function partOf(percent: string): Fraction {
  const rate = parseDecimal(percent);
  if (rate === undefined) throw new Error(`validated terms have no decimal: ${percent}`);
  return fraction(rate.numerator, rate.denominator * 100n);
}

function sum(one: Fraction, other: Fraction): Fraction {
  return fraction(
    one.numerator * other.denominator + other.numerator * one.denominator,
    one.denominator * other.denominator,
  );
}
