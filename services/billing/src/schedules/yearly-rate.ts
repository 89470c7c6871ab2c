import { addDays, type LocalDate } from '@tenor/calendar';
import { type Fraction, fraction } from '@tenor/money';
import { addDecimals, decimal, decimalText, percentage } from '../products/decimals.ts';
import type { IndexRate, Terms } from '../products/terms.ts';

/** A rate that holds from a day on, as a part of the principal per year; the first holds before its day too. */
export interface YearlyRate {
  /** Null: from ever. */
  readonly from: LocalDate | null;
  readonly rate: Fraction;
}

const MONTHS_PER_YEAR = 12n;

/** The rates of terms whose interest runs on the balance, in the order of their days; never empty. */
export function yearlyRates({ annualRatePercent, monthlyRatePercent, indexRate }: Terms): readonly YearlyRate[] {
  if (annualRatePercent !== null) return [{ from: null, rate: percentage(annualRatePercent) }];
  if (monthlyRatePercent !== null) {
    const { numerator, denominator } = percentage(monthlyRatePercent);
    return [{ from: null, rate: fraction(numerator * MONTHS_PER_YEAR, denominator) }];
  }
  if (indexRate === null) throw new Error('terms without a rate passed their validation');
  const margin = percentage(indexRate.marginPercent);
  return indexRate.values.map(({ from, percent }) => ({ from, rate: addDecimals(percentage(percent), margin) }));
}

/** The rate that holds on a day. */
export function rateOn(rates: readonly YearlyRate[], day: LocalDate): Fraction {
  return inForceOn(rates, day).rate;
}

/** What holds on a day of what is dated, in the order of the days; the first holds before its own too. */
export function inForceOn<Dated extends { readonly from: LocalDate | null }>(
  values: readonly Dated[],
  day: LocalDate,
): Dated {
  const current = values.findLast(({ from }) => from === null || from <= day) ?? values[0];
  if (current === undefined) throw new Error('an index without a value passed its validation');
  return current;
}

/** In the form of an index's name, as it stands in the terms of the loan. */
const CHANGED_RATE = 'RATE CHANGE';

/** Terms whose rate is another from a day on, as an index that is quoted with its margin. Percent per year. */
export function withRateFrom(terms: Terms, from: LocalDate, percent: string): Terms {
  const known = ratesInPercent(terms, from);
  const before = known.filter((value) => value.from < from);
  const first = before.length > 0 ? before : known.slice(0, 1).map((value) => ({ ...value, from: addDays(from, -1) }));
  const values = [...first, { from, percent }];
  const indexRate: IndexRate = { index: CHANGED_RATE, marginPercent: '0', values };
  return { ...terms, annualRatePercent: null, monthlyRatePercent: null, indexRate };
}

/** What the rates are per year, as decimal text; the first counts for earlier days too, a fixed one is quoted on the eve of `day`. */
function ratesInPercent(terms: Terms, day: LocalDate): IndexRate['values'] {
  const { annualRatePercent, monthlyRatePercent, indexRate } = terms;
  const from = addDays(day, -1);
  if (annualRatePercent !== null) return [{ from, percent: annualRatePercent }];
  if (monthlyRatePercent !== null) {
    const { numerator, denominator } = decimal(monthlyRatePercent);
    return [{ from, percent: decimalText(fraction(numerator * MONTHS_PER_YEAR, denominator)) }];
  }
  const margin = decimal(indexRate?.marginPercent ?? '0');
  return (indexRate?.values ?? []).map((value) => ({
    from: value.from,
    percent: decimalText(addDecimals(decimal(value.percent), margin)),
  }));
}
