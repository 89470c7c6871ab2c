import { addMonths, dayOf, daysBetween, daysInMonth, type LocalDate, monthOf, yearOf } from '@tenor/calendar';

/**
 * The most whole months that fit between two dates when counted back from the later one, and the days before them. The
 * last day of a month counts as the start's day when its month is too short for that one.
 */
export function monthsBack(start: LocalDate, on: LocalDate): { months: number; days: number } {
  const atEnd = dayOf(on) === daysInMonth(yearOf(on), monthOf(on));
  const day = atEnd ? Math.max(dayOf(on), dayOf(start)) : dayOf(on);
  let months = (yearOf(on) - yearOf(start)) * 12 + monthOf(on) - monthOf(start);
  if (months > 0 && addMonths(on, -months, day) < start) months -= 1;
  const begun = months === 0 ? on : addMonths(on, -months, day);
  return { months, days: daysBetween(start, begun) };
}

/** The same with years of twelve months, and the days before them. */
export function yearsBack(start: LocalDate, on: LocalDate): { years: number; days: number } {
  const { months } = monthsBack(start, on);
  const years = Math.floor(months / 12);
  return { years, days: daysBetween(start, addMonths(on, -12 * years)) };
}
