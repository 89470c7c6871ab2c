/** A calendar date `YYYY-MM-DD` without time or zone; text order is date order. */
export type LocalDate = string & { readonly __localDate: true };

// Bound once: where code runs in a context of its own, as under jest, looking up a global costs more than the reckoning.
const { ceil, floor } = Math;

const SHAPE = /^\d{4}-\d{2}-\d{2}$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Reads a date. Throws RangeError on anything but a real date of the calendar. */
export function date(text: string): LocalDate {
  if (!isLocalDate(text)) throw new RangeError(`${text} is not a calendar date`);
  return text;
}

/** Whether this is a real date: 2026-02-30 and the year 0000 are not. */
export function isLocalDate(text: string): text is LocalDate {
  if (!SHAPE.test(text)) return false;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

export function yearOf(of: LocalDate): number {
  return digits(of, 0, 4);
}

/** 1 to 12. */
export function monthOf(of: LocalDate): number {
  return digits(of, 5, 7);
}

/** 1 to 31. */
export function dayOf(of: LocalDate): number {
  return digits(of, 8, 10);
}

const DAYS_PER_WEEK = 7;

/** The ISO weekday, Monday 1 to Sunday 7. */
export function weekdayOf(of: LocalDate): number {
  return ((dayNumber(of) - 1) % DAYS_PER_WEEK) + 1;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** @param month 1 to 12 */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
}

export function compareDates(a: LocalDate, b: LocalDate): -1 | 0 | 1 {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Calendar days from one date to the other; negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return dayNumber(to) - dayNumber(from);
}

/** Throws RangeError outside the years 1 to 9999. */
export function addDays(to: LocalDate, days: number): LocalDate {
  const shifted = dayNumber(to) + days;
  const { year, dayOfYear } = yearOfDayNumber(shifted);
  let [month, day] = [1, dayOfYear + 1];
  while (day > daysInMonth(year, month)) {
    day -= daysInMonth(year, month);
    month += 1;
  }
  return fromParts(year, month, day);
}

/**
 * The date so many months later, on the anchor day or on the last day of a shorter month: with anchor 31,
 * 31 Jan → 28/29 Feb → 31 Mar (domain.md §1). Throws RangeError outside the years 1 to 9999.
 */
export function addMonths(to: LocalDate, months: number, anchorDay: number = dayOf(to)): LocalDate {
  const index = yearOf(to) * 12 + monthOf(to) - 1 + months;
  return dateOf(floor(index / 12), (index % 12) + 1, anchorDay);
}

/** The day of that month, or its last one when the month is shorter. */
export function dateOf(year: number, month: number, day: number): LocalDate {
  return fromParts(year, month, Math.min(day, daysInMonth(year, month)));
}

function fromParts(year: number, month: number, day: number): LocalDate {
  if (!(year >= 1 && year <= 9999)) throw new RangeError('the date is outside the years 1 to 9999');
  const two = (part: number): string => (part < 10 ? `0${part}` : `${part}`);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}` as LocalDate;
}

/** Days since 0000-12-31 in the proleptic Gregorian calendar; the first was a Monday. */
function dayNumber(of: LocalDate): number {
  const [year, month] = [yearOf(of), monthOf(of)];
  let days = daysBeforeYear(year) + dayOf(of);
  for (let earlier = 1; earlier < month; earlier += 1) days += daysInMonth(year, earlier);
  return days;
}

function daysBeforeYear(year: number): number {
  const whole = year - 1;
  return whole * 365 + floor(whole / 4) - floor(whole / 100) + floor(whole / 400);
}

function yearOfDayNumber(days: number): { year: number; dayOfYear: number } {
  let year = ceil(days / 365.2425);
  while (daysBeforeYear(year) >= days) year -= 1;
  while (daysBeforeYear(year + 1) < days) year += 1;
  return { year, dayOfYear: days - daysBeforeYear(year) - 1 };
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}
