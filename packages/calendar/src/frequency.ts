import { addDays, addMonths, dateOf, dayOf, daysBetween, type LocalDate, monthOf, yearOf } from './local-date.ts';

export const frequencyUnits = ['day', 'week', 'month', 'quarter', 'semi_month'] as const;
export type FrequencyUnit = (typeof frequencyUnits)[number];

/** One due date every so many units; `{ every: 2, unit: 'week' }` is fortnightly. */
export interface Frequency {
  readonly every: number;
  readonly unit: FrequencyUnit;
}

/** Whether there is a due date on each day. */
export function isDaily({ every, unit }: Frequency): boolean {
  return unit === 'day' && every === 1;
}

const HALF_MONTH_DAYS = 15;

/**
 * The nominal day of the first due date, which later due dates return to after shorter months (domain.md §1).
 * Left out, the first due date is the natural one and its nominal day is the disbursement's; naming that very date
 * explicitly changes nothing. In semi-monthly schedules the first due date may be the later of its month's pair
 * (day 16 or after), so there the anchor is the earlier one: 31 pairs with 16, 30 with 15.
 */
export function anchorDayOf(
  disbursedOn: LocalDate,
  frequency: Frequency,
  firstDueDate?: LocalDate | null,
  minimumDaysToFirstDue = 0,
): number {
  const isNatural =
    firstDueDate == null || firstDueDate === naturalFirstDueDate(disbursedOn, frequency, minimumDaysToFirstDue);
  return anchorOfDay(dayOf(isNatural ? disbursedOn : firstDueDate), frequency);
}

/** So many dates, a period apart, on the anchor day where the unit has one. */
export function datesFrom(first: LocalDate, frequency: Frequency, count: number, anchorDay: number): LocalDate[] {
  return Array.from({ length: count }, (_, index) => {
    return index === 0 ? first : stepped(first, frequency, index, anchorDay);
  });
}

/** One period after the disbursement, or as many more as bring it at least `minimumDays` after it. */
export function naturalFirstDueDate(disbursedOn: LocalDate, frequency: Frequency, minimumDays = 0): LocalDate {
  const anchorDay = anchorOfDay(dayOf(disbursedOn), frequency);
  let periods = 1;
  let first = stepped(disbursedOn, frequency, periods, anchorDay);
  while (daysBetween(disbursedOn, first) < minimumDays) {
    periods += 1;
    first = stepped(disbursedOn, frequency, periods, anchorDay);
  }
  return first;
}

function anchorOfDay(day: number, { unit }: Frequency): number {
  return unit === 'semi_month' && day > HALF_MONTH_DAYS ? day - HALF_MONTH_DAYS : day;
}

/** The days of a month on which instalments nominally fall due: the anchor, and in half-months 15 days after it too. */
export function nominalDays({ unit }: Frequency, anchorDay: number): readonly number[] {
  return unit === 'semi_month' ? [anchorDay, anchorDay + HALF_MONTH_DAYS] : [anchorDay];
}

/** The date so many periods after one; counted from there in one step, so that short months leave no trace. */
function stepped(from: LocalDate, frequency: Frequency, periods: number, anchorDay: number): LocalDate {
  const count = periods * frequency.every;
  switch (frequency.unit) {
    case 'day':
      return addDays(from, count);
    case 'week':
      return addDays(from, 7 * count);
    case 'month':
      return addMonths(from, count, anchorDay);
    case 'quarter':
      return addMonths(from, 3 * count, anchorDay);
    case 'semi_month':
      return addHalfMonths(from, count, anchorDay);
    default:
      return frequency.unit satisfies never;
  }
}

/** Half-months are numbered in turn: the even ones fall on the anchor day, the odd ones 15 days after it. */
function addHalfMonths(from: LocalDate, count: number, anchorDay: number): LocalDate {
  const start = 2 * (yearOf(from) * 12 + monthOf(from) - 1) + (dayOf(from) > anchorDay ? 1 : 0);
  const half = start + count;
  const month = Math.floor(half / 2);
  const day = half % 2 === 0 ? anchorDay : anchorDay + HALF_MONTH_DAYS;
  return dateOf(Math.floor(month / 12), (month % 12) + 1, day);
}
