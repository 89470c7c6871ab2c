import { dueDatesOf, type Frequency, type LocalDate, NEVER_CLOSED } from '@tenor/calendar';

/** Due dates where every day is open and no time must pass before the first. */
export function nominalDates(
  disbursedOn: LocalDate,
  frequency: Frequency,
  count: number,
  firstDueDate: LocalDate | null = null,
): readonly LocalDate[] {
  const terms = { disbursedOn, frequency, count, firstDueDate, minimumDaysToFirstDue: 0 };
  const dates = dueDatesOf({ ...terms, rule: 'none', closedDays: NEVER_CLOSED });
  if (dates === undefined) throw new Error('without closed days every schedule has due dates');
  return dates.nominal;
}
