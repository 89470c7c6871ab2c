import { addDays, type ClosedDays, date, type Frequency, frequencyUnits, type LocalDate } from '@tenor/calendar';
import fc from 'fast-check';

/** Dates of 1970 to 2079. */
export const calendarDates = fc
  .integer({ min: 0, max: 40_000 })
  .map((days) => date(new Date(days * 86_400_000).toISOString().slice(0, 10)));

export const frequencies: fc.Arbitrary<Frequency> = fc.record({
  every: fc.integer({ min: 1, max: 40 }),
  unit: fc.constantFrom(...frequencyUnits),
});

/** Calendars that are open on some weekday, with holidays in the two years from a date. */
export function closedDaysAround(from: LocalDate): fc.Arbitrary<ClosedDays> {
  return fc.record({
    weekend: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 3 }),
    holidays: fc
      .uniqueArray(fc.integer({ min: 0, max: 730 }), { maxLength: 60 })
      .map((offsets) => offsets.map((offset) => addDays(from, offset)).toSorted()),
  });
}
