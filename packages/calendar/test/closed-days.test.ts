import {
  addDays,
  type BusinessDayRule,
  businessDayRules,
  type ClosedDays,
  date,
  isClosed,
  monthOf,
  shiftDueDate,
  weekdayOf,
} from '@tenor/calendar';
import fc from 'fast-check';
import { calendarDates, closedDaysAround } from './arbitraries.ts';

/** Good Friday and Easter Monday of 2024, beside Saturdays and Sundays. */
const easter: ClosedDays = { weekend: [6, 7], holidays: [date('2024-03-29'), date('2024-04-01')] };

describe('weekdays', () => {
  test.each([
    ['0001-01-01', 1],
    ['1970-01-01', 4],
    ['2000-02-29', 2],
    ['2024-02-29', 4],
    ['2024-03-31', 7],
    ['2026-11-21', 6],
  ])('%s is day %i of its week', (day, expected) => {
    expect(weekdayOf(date(day))).toBe(expected);
  });

  test('turn over every seven days', () => {
    fc.assert(
      fc.property(calendarDates, (day) => {
        const utc = new Date(`${day}T00:00:00Z`).getUTCDay();
        expect(weekdayOf(day)).toBe(utc === 0 ? 7 : utc);
      }),
    );
  });
});

describe('closed days', () => {
  test.each([
    ['2024-03-28', false, 'a Thursday'],
    ['2024-03-29', true, 'the first holiday'],
    ['2024-03-30', true, 'a Saturday'],
    ['2024-03-31', true, 'a Sunday'],
    ['2024-04-01', true, 'the last holiday'],
    ['2024-04-02', false, 'a Tuesday'],
    ['2025-04-01', false, 'a holiday of another year'],
  ])('%s: %s, %s', (day, closed) => {
    expect(isClosed(easter, date(day))).toBe(closed);
  });

  test('are found in a list of any length', () => {
    fc.assert(
      fc.property(closedDaysAround(date('2024-01-01')), calendarDates, ({ weekend, holidays }, other) => {
        for (const day of [...holidays, other]) {
          const expected = weekend.includes(weekdayOf(day)) || holidays.includes(day);
          expect(isClosed({ weekend, holidays }, day)).toBe(expected);
        }
      }),
    );
  });
});

describe('business-day rules', () => {
  test.each<[BusinessDayRule, string, string, string]>([
    ['none', '2024-03-30', '2024-03-30', 'a closed day too'],
    ['following', '2024-03-28', '2024-03-28', 'an open day stays'],
    ['following', '2024-03-29', '2024-04-02', 'over the whole of Easter'],
    ['preceding', '2024-04-01', '2024-03-28', 'and back'],
    ['modified_following', '2024-03-23', '2024-03-25', 'like following inside a month'],
    ['modified_following', '2024-03-29', '2024-03-28', 'back when following leaves the month'],
    ['modified_following', '2024-12-29', '2024-12-30', 'the year may be near'],
    ['modified_following', '2023-12-31', '2023-12-29', 'but is not left'],
  ])('%s moves %s to %s: %s', (rule, day, expected) => {
    expect(shiftDueDate(rule, easter, date(day))).toBe(expected);
  });

  test('find no day in a calendar that is never open', () => {
    const never: ClosedDays = { weekend: [1, 2, 3, 4, 5, 6, 7], holidays: [] };
    const day = date('2024-05-01');
    expect(businessDayRules.map((rule) => shiftDueDate(rule, never, day))).toEqual([
      day,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('choose the nearest open day on their side', () => {
    const from = date('2024-01-01');
    const rules = fc.constantFrom<BusinessDayRule[]>('following', 'modified_following', 'preceding');
    fc.assert(
      fc.property(rules, closedDaysAround(from), fc.integer({ min: 0, max: 400 }), (rule, closedDays, offset) => {
        const day = addDays(from, offset);
        const shifted = shiftDueDate(rule, closedDays, day);
        if (shifted === undefined) throw new Error('a calendar with an open weekday has an open day');
        expect(isClosed(closedDays, shifted)).toBe(false);
        const step = shifted > day ? 1 : -1;
        for (let passed = day; passed !== shifted; passed = addDays(passed, step)) {
          expect(isClosed(closedDays, passed)).toBe(true);
        }
        if (rule === 'following') expect(shifted >= day).toBe(true);
        if (rule === 'preceding') expect(shifted <= day).toBe(true);
        if (rule === 'modified_following' && shifted > day) expect(monthOf(shifted)).toBe(monthOf(day));
      }),
    );
  });
});
