import { type ClosedDays, NEVER_CLOSED } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { invalidTerm } from './terms.ts';

/** The closed days of terms that name this calendar, or none. Refuses `terms_invalid` for one that does not exist. */
export function closedDaysNamed(
  calendar: string | null,
  calendars: ReadonlyMap<string, ClosedDays>,
): ClosedDays | Refusal {
  if (calendar === null) return NEVER_CLOSED;
  return calendars.get(calendar) ?? unknownCalendar(calendar);
}

export const unknownCalendar = (name: string): Refusal => invalidTerm('calendar', `${name} is not known`);
