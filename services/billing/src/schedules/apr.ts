import {
  addDays,
  addMonths,
  dayOf,
  daysBetween,
  daysInMonth,
  type Frequency,
  type LocalDate,
  monthOf,
  yearOf,
} from '@tenor/calendar';
import { divideRounded, fraction } from '@tenor/money';
import { ONE, power, solveDiscount, type TimedFlow } from './discount.ts';
import { type PlannedInstalment, totalOf } from './schedule.ts';

/** Money that changes hands on a day: minor units, above zero. */
export interface Flow {
  readonly amount: bigint;
  readonly on: LocalDate;
}

/** A part of a year, or of a unit-period. */
interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

/** Both annual percentage rates of a schedule, as text with 2 decimals (domain.md §9). `principal` in minor units. */
export function aprOf(
  principal: bigint,
  disbursedOn: LocalDate,
  instalments: readonly PlannedInstalment[],
  frequency: Frequency,
): { reg_z: string; eu: string } {
  const advances = [{ amount: principal, on: disbursedOn }];
  const payments = instalments.map((instalment) => ({ amount: totalOf(instalment), on: instalment.dueDate }));
  return { reg_z: regZ(advances, payments, frequency), eu: eu(advances, payments, frequency) };
}

/**
 * Regulation Z, Appendix J (actuarial method): the rate of a unit-period times the unit-periods of a year, in per cent
 * with 2 decimals. Unit-periods are counted back from each payment to the first advance; days left over are a part of
 * 30 for a month, of 15 for half a month, of 7 for a week. One advance and one payment: the term itself is the
 * unit-period, up to a year. Throws RangeError when less is repaid than advanced.
 */
export function regZ(advances: readonly Flow[], payments: readonly Flow[], frequency: Frequency): string {
  const { start, flows } = together(advances, payments);
  const first = flows.find((flow) => flow.amount > 0n);
  const single = flows.length === 2 && first !== undefined;
  const { perYear, at } = single ? singleTerm(start, first.on) : unitPeriods(start, frequency);
  const discount = solveDiscount(flows.map(({ amount, on }): TimedFlow => ({ amount, ...at(on) })));
  const rate = (ONE * ONE) / discount - ONE;
  return percent(rate * BigInt(perYear.numerator), BigInt(perYear.denominator));
}

/**
 * The effective annual rate of the Consumer Credit Directive, in per cent with 2 decimals. Times in years are k/12 for
 * months, k/52 for weeks, counted back to the first advance; days left over count over the 365 or 366 days of the year
 * that ends with them (Directive 2011/90/EU). Throws RangeError when less is repaid than advanced.
 */
export function eu(advances: readonly Flow[], payments: readonly Flow[], frequency: Frequency): string {
  const { start, flows } = together(advances, payments);
  const times = flows.map(({ on }) => yearsUntil(start, on, frequency));
  // Times become whole numbers of their largest common part of a year, so that no root is ever taken.
  const parts = times.reduce((common, { denominator }) => leastCommonMultiple(common, denominator), 1);
  const exponents = times.map(({ numerator, denominator }) => (numerator * parts) / denominator);
  const step = exponents.reduce(greatestCommonDivisor, parts);
  const discount = solveDiscount(
    flows.map(({ amount }, index) => ({ amount, whole: (exponents[index] ?? 0) / step, part: NOTHING })),
  );
  return percent(power((ONE * ONE) / discount, parts / step) - ONE, 1n);
}

const NOTHING: Ratio = { numerator: 0, denominator: 1 };

function together(advances: readonly Flow[], payments: readonly Flow[]): { start: LocalDate; flows: Flow[] } {
  const flows = [...advances.map(({ amount, on }) => ({ amount: -amount, on })), ...payments];
  const start = advances.map(({ on }) => on).toSorted()[0];
  if (start === undefined) throw new RangeError('there is no advance');
  return { start, flows: flows.filter(({ amount }) => amount !== 0n) };
}

interface UnitPeriods {
  readonly perYear: Ratio;
  readonly at: (on: LocalDate) => { whole: number; part: Ratio };
}

function unitPeriods(start: LocalDate, { every, unit }: Frequency): UnitPeriods {
  const of = (perYear: number, length: number, elapsed: (on: LocalDate) => number): UnitPeriods => ({
    perYear: { numerator: perYear, denominator: every },
    at: (on) => {
      const [units, unitLength] = [elapsed(on), length * every];
      return {
        whole: Math.floor(units / unitLength),
        part: { numerator: units % unitLength, denominator: unitLength },
      };
    },
  });
  switch (unit) {
    case 'day':
      return of(365, 1, (on) => daysBetween(start, on));
    case 'week':
      return of(52, 7, (on) => daysBetween(start, on));
    case 'semi_month':
      return of(24, 15, (on) => conventionalDays(start, on));
    case 'month':
      return of(12, 30, (on) => conventionalDays(start, on));
    case 'quarter':
      return of(4, 90, (on) => conventionalDays(start, on));
    default:
      return unit satisfies never;
  }
}

/** Months of 30 days and the days left over; 30 of those make the same discount as one month more. */
function conventionalDays(start: LocalDate, on: LocalDate): number {
  const { months, days } = monthsBack(start, on);
  return months * 30 + days;
}

function singleTerm(start: LocalDate, due: LocalDate): UnitPeriods {
  const { months, days } = monthsBack(start, due);
  const term = daysBetween(start, due);
  if (months > 12 || (months === 12 && days > 0)) {
    const { years, left } = yearsBack(start, due);
    const at = { whole: years, part: { numerator: left, denominator: 365 } };
    return { perYear: { numerator: 1, denominator: 1 }, at: (on) => (on === start ? { whole: 0, part: NOTHING } : at) };
  }
  const perYear = days === 0 ? { numerator: 12, denominator: months } : { numerator: 365, denominator: term };
  return { perYear, at: (on) => ({ whole: on === start ? 0 : 1, part: NOTHING }) };
}

function yearsUntil(start: LocalDate, on: LocalDate, { unit }: Frequency): Ratio {
  if (unit === 'week') {
    const days = daysBetween(start, on);
    return timeOf(Math.floor(days / 7), 52, days % 7, addDays(start, days % 7));
  }
  if (unit === 'day') {
    const { years, left } = yearsBack(start, on);
    return timeOf(years, 1, left, addDays(start, left));
  }
  const { months, days } = monthsBack(start, on);
  return timeOf(months, 12, days, addDays(start, days));
}

/** So many equal parts of a year, and days before them that end on a date. */
function timeOf(parts: number, perYear: number, days: number, lastDay: LocalDate): Ratio {
  const yearDays = days === 0 ? 1 : daysBetween(addMonths(lastDay, -12), lastDay);
  const { numerator, denominator } = fraction(BigInt(parts * yearDays + days * perYear), BigInt(perYear * yearDays));
  return { numerator: Number(numerator), denominator: Number(denominator) };
}

/**
 * The most whole months that fit when counted back from a date, and the days before them. The last day of a month
 * counts as the start's day when its month is too short for that one.
 */
function monthsBack(start: LocalDate, on: LocalDate): { months: number; days: number } {
  const atEnd = dayOf(on) === daysInMonth(yearOf(on), monthOf(on));
  const day = atEnd ? Math.max(dayOf(on), dayOf(start)) : dayOf(on);
  let months = (yearOf(on) - yearOf(start)) * 12 + monthOf(on) - monthOf(start);
  if (months > 0 && addMonths(on, -months, day) < start) months -= 1;
  const begun = months === 0 ? on : addMonths(on, -months, day);
  return { months, days: daysBetween(start, begun) };
}

function yearsBack(start: LocalDate, on: LocalDate): { years: number; left: number } {
  const { months } = monthsBack(start, on);
  const years = Math.floor(months / 12);
  return { years, left: daysBetween(start, addMonths(on, -12 * years)) };
}

/** A fixed-point rate over a divisor, as text: per cent with 2 decimals. */
function percent(rate: bigint, divisor: bigint): string {
  const hundredths = divideRounded(rate * 10_000n, ONE * divisor, 'half_up')
    .toString()
    .padStart(3, '0');
  return `${hundredths.slice(0, -2)}.${hundredths.slice(-2)}`;
}

function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
