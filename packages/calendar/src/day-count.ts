import { type Frequency, nominalDays } from './frequency.ts';
import {
  addMonths,
  date,
  dayOf,
  daysBetween,
  daysInMonth,
  isLeapYear,
  type LocalDate,
  monthOf,
  yearOf,
} from './local-date.ts';

/** An exact part of a year, not reduced; both above or equal to zero, the denominator above. */
export interface YearFraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The two ends of an interest period, and what its schedule says about months. */
interface Period {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly frequency: Frequency;
  readonly anchorDay: number;
}

interface DayCountRule {
  /** Days of a year, where a rate is spread over nominal periods instead of dates (flat, `per_annum`). */
  readonly yearBasis: number;
  readonly fraction: (period: Period) => YearFraction;
}

/** Every day count (domain.md §3); a new one is one more entry. */
const rules = {
  '30/360': { yearBasis: 360, fraction: thirtyOf360 },
  'act/360': { yearBasis: 360, fraction: actualOver(360) },
  'act/364': { yearBasis: 364, fraction: actualOver(364) },
  'act/365': { yearBasis: 365, fraction: actualOver(365) },
  'act/act-isda': { yearBasis: 365, fraction: ({ from, to }) => actualByYear(from, to, 'first') },
  'act/act-fineract': { yearBasis: 365, fraction: ({ from, to }) => actualByYear(from, to, 'last') },
} as const satisfies Record<string, DayCountRule>;

export type DayCount = keyof typeof rules;
export const dayCounts = Object.keys(rules) as readonly DayCount[];

/** Days of a year under this count; 365 for the two act/act, whose real years vary. */
export function yearBasis(dayCount: DayCount): number {
  return rules[dayCount].yearBasis;
}

/**
 * The exact part of a year from one date to a later one, the first day out and the last in.
 * Throws RangeError when `to` is before `from`.
 */
export function yearFraction(
  dayCount: DayCount,
  from: LocalDate,
  to: LocalDate,
  frequency: Frequency,
  anchorDay: number,
): YearFraction {
  if (to < from) throw new RangeError(`the period ends on ${to}, before it begins on ${from}`);
  return rules[dayCount].fraction({ from, to, frequency, anchorDay });
}

/**
 * A whole month counts 30 days whatever the calendar; the broken part after them counts
 * 30 × its days ÷ the days of the month-period in which it lies. Day and week frequencies count actual days.
 */
function thirtyOf360({ from, to, frequency, anchorDay }: Period): YearFraction {
  if (frequency.unit === 'day' || frequency.unit === 'week') return actualOver(360)({ from, to });
  const last = daysInMonth(yearOf(from), monthOf(from));
  const nominal = nominalDays(frequency, anchorDay).find((day) => dayOf(from) === Math.min(day, last));
  const monthDay = nominal ?? dayOf(from);
  let months = (yearOf(to) - yearOf(from)) * 12 + monthOf(to) - monthOf(from);
  if (addMonths(from, months, monthDay) > to) months -= 1;
  const begun = months === 0 ? from : addMonths(from, months, monthDay);
  if (begun === to) return { numerator: BigInt(months), denominator: 12n };
  const daysOfMonth = daysBetween(begun, addMonths(from, months + 1, monthDay));
  return {
    numerator: BigInt(months * daysOfMonth + daysBetween(begun, to)),
    denominator: BigInt(12 * daysOfMonth),
  };
}

function actualOver(basis: number): (period: Pick<Period, 'from' | 'to'>) => YearFraction {
  return ({ from, to }) => ({ numerator: BigInt(daysBetween(from, to)), denominator: BigInt(basis) });
}

/**
 * Each day over the length of its own year. ISDA counts a period's first day and not its last, so the split is at
 * 1 January; Fineract counts the last and not the first, so it is at 31 December.
 */
function actualByYear(from: LocalDate, to: LocalDate, counted: 'first' | 'last'): YearFraction {
  let [ordinary, leap] = [0, 0];
  for (let year = yearOf(from); year <= yearOf(to); year += 1) {
    const starts = year === yearOf(from) ? from : turnOf(year, counted);
    const ends = year === yearOf(to) ? to : turnOf(year + 1, counted);
    if (isLeapYear(year)) leap += daysBetween(starts, ends);
    else ordinary += daysBetween(starts, ends);
  }
  return { numerator: BigInt(ordinary * 366 + leap * 365), denominator: 365n * 366n };
}

/** The date at which the days of a year begin to count: 1 January, or the day before. */
function turnOf(year: number, counted: 'first' | 'last'): LocalDate {
  return counted === 'first' ? date(`${fourDigits(year)}-01-01`) : date(`${fourDigits(year - 1)}-12-31`);
}

function fourDigits(year: number): string {
  return String(year).padStart(4, '0');
}
