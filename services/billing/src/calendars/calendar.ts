import { type ClosedDays, compareDates, type LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { invalid } from '../customers/money-input.ts';

export interface Holiday {
  readonly date: LocalDate;
  readonly name: string | null;
}

/** The days on which a lender is closed, under a name that terms refer to. */
export interface Calendar {
  readonly name: string;
  /** ISO weekdays in ascending order, Monday 1 to Sunday 7. */
  readonly weekend: readonly number[];
  /** In the order of their dates, each date once. */
  readonly holidays: readonly Holiday[];
}

/** The calendar with its days in order. Refuses `validation_failed` for a date that is listed twice. */
export function orderedCalendar({ name, weekend, holidays }: Calendar): Calendar | Refusal {
  const listed = new Set<LocalDate>();
  for (const [index, holiday] of holidays.entries()) {
    if (listed.has(holiday.date)) return invalid(`/holidays/${index}/date`, 'duplicate', 'is listed twice');
    listed.add(holiday.date);
  }
  return {
    name,
    weekend: weekend.toSorted((one, other) => one - other),
    holidays: holidays.toSorted((one, other) => compareDates(one.date, other.date)),
  };
}

/** What due dates are reckoned with. */
export function closedDaysOf({ weekend, holidays }: Pick<Calendar, 'weekend' | 'holidays'>): ClosedDays {
  return { weekend, holidays: holidays.map(({ date }) => date) };
}

export const noCalendar = (name: string): Refusal => ({
  refused: 'not_found',
  detail: `There is no calendar ${name}.`,
});
