import { daysBetween, type Frequency, type LocalDate } from '@tenor/calendar';
import { monthsBack, yearsBack } from './elapsed.ts';

/** A part of a year, or of a unit-period. */
export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

/** How Regulation Z measures time in one transaction (Appendix J (b)(5)). */
export interface UnitPeriods {
  readonly perYear: Ratio;
  /** Unit-periods from the start to a date: whole ones, and a part of one before them. */
  readonly until: (on: LocalDate) => { readonly whole: number; readonly part: Ratio };
}

const NO_PART: Ratio = { numerator: 0, denominator: 1 };
const ONCE_A_YEAR: Ratio = { numerator: 1, denominator: 1 };

/**
 * Unit-periods of payments that come at a frequency: the frequency's own period, a year at most. They are counted back
 * from each date; days left over are a part of 30 for a month, of 15 for half a month, of 7 for a week.
 */
export function unitPeriods(start: LocalDate, frequency: Frequency): UnitPeriods {
  const { every, unit } = frequency;
  const equal = (perYear: number, length: number, elapsed: typeof daysBetween): UnitPeriods => {
    if (every >= perYear) return years(start);
    const unitLength = length * every;
    return {
      perYear: { numerator: perYear, denominator: every },
      until: (on) => {
        const units = elapsed(start, on);
        return {
          whole: Math.floor(units / unitLength),
          part: { numerator: units % unitLength, denominator: unitLength },
        };
      },
    };
  };
  switch (unit) {
    case 'day':
      return equal(365, 1, daysBetween);
    case 'week':
      return equal(52, 7, daysBetween);
    case 'semi_month':
      return equal(24, 15, conventionalDays);
    case 'month':
      return equal(12, 30, conventionalDays);
    case 'quarter':
      return equal(4, 90, conventionalDays);
    default:
      return unit satisfies never;
  }
}

/** One advance and one payment: the term itself is the unit-period, up to a year (Appendix J (b)(5)(v) to (vii)). */
export function singleUnitPeriod(start: LocalDate, due: LocalDate): UnitPeriods {
  const { months, days } = monthsBack(start, due);
  if (months > 12 || (months === 12 && days > 0)) return years(start);
  return {
    perYear:
      days === 0 ? { numerator: 12, denominator: months } : { numerator: 365, denominator: daysBetween(start, due) },
    until: (on) => ({ whole: on === start ? 0 : 1, part: NO_PART }),
  };
}

/** Years counted back; what is left over is a part of 12 where it is whole months, of 365 days where not. */
function years(start: LocalDate): UnitPeriods {
  return {
    perYear: ONCE_A_YEAR,
    until: (on) => {
      const elapsed = monthsBack(start, on);
      const whole = Math.floor(elapsed.months / 12);
      const part =
        elapsed.days === 0
          ? { numerator: elapsed.months % 12, denominator: 12 }
          : { numerator: yearsBack(start, on).days, denominator: 365 };
      return { whole, part };
    },
  };
}

/** Months of 30 days and the days left over; 30 of those make the same discount as one month more. */
function conventionalDays(start: LocalDate, on: LocalDate): number {
  const { months, days } = monthsBack(start, on);
  return months * 30 + days;
}
