import { addDays, type LocalDate, monthOf, weekdayOf } from './local-date.ts';

export const businessDayRules = ['none', 'following', 'modified_following', 'preceding'] as const;

/** Where a due date moves that falls on a closed day: nowhere, on, on unless that leaves its month, or back. */
export type BusinessDayRule = (typeof businessDayRules)[number];

/** The days on which nothing falls due. */
export interface ClosedDays {
  /** ISO weekdays, Monday 1 to Sunday 7. */
  readonly weekend: readonly number[];
  /** In ascending order. */
  readonly holidays: readonly LocalDate[];
}

/** The calendar without a closed day. */
export const NEVER_CLOSED: ClosedDays = { weekend: [], holidays: [] };

export function isClosed({ weekend, holidays }: ClosedDays, day: LocalDate): boolean {
  return weekend.includes(weekdayOf(day)) || isAmong(holidays, day);
}

/** The same days from a date on, without the holidays that are over by then. */
export function closedDaysFrom({ weekend, holidays }: ClosedDays, from: LocalDate): ClosedDays {
  return { weekend, holidays: holidays.filter((holiday) => holiday >= from) };
}

/** A calendar that is closed for longer has no next open day. */
const LONGEST_CLOSURE_DAYS = 366;

/**
 * Where the rule moves a due date, which is where it stays when that day is open. Undefined when every day that the
 * rule might choose is closed, for a year.
 */
export function shiftDueDate(rule: BusinessDayRule, closedDays: ClosedDays, day: LocalDate): LocalDate | undefined {
  switch (rule) {
    case 'none':
      return day;
    case 'following':
      return openDayFrom(closedDays, day, 1);
    case 'modified_following': {
      const next = openDayFrom(closedDays, day, 1);
      return next !== undefined && monthOf(next) === monthOf(day) ? next : openDayFrom(closedDays, day, -1);
    }
    case 'preceding':
      return openDayFrom(closedDays, day, -1);
    default:
      return rule satisfies never;
  }
}

/** The day itself when it is open, else the nearest open one in that direction. */
function openDayFrom(closedDays: ClosedDays, day: LocalDate, step: 1 | -1): LocalDate | undefined {
  for (let days = 0; days <= LONGEST_CLOSURE_DAYS; days += 1) {
    const candidate = addDays(day, step * days);
    if (!isClosed(closedDays, candidate)) return candidate;
  }
  return undefined;
}

/** Whether a date is in an ascending list of them. */
function isAmong(dates: readonly LocalDate[], sought: LocalDate): boolean {
  let [low, high] = [0, dates.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((dates[middle] ?? sought) < sought) low = middle + 1;
    else high = middle;
  }
  return dates[low] === sought;
}
