import {
  addDays,
  addMonths,
  compareDates,
  date,
  dayOf,
  daysBetween,
  isLeapYear,
  isLocalDate,
  monthOf,
  yearOf,
} from '@tenor/calendar';
import fc from 'fast-check';

const anyDate = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9998-12-31T00:00:00Z'), noInvalidDate: true })
  .map((instant) => date(instant.toISOString().slice(0, 10)));

describe('a date', () => {
  test.each(['2026-01-01', '2024-02-29', '2000-02-29', '9999-12-31', '0001-01-01'])('%s is real', (text) => {
    expect(isLocalDate(text)).toBe(true);
    expect(date(text)).toBe(text);
  });

  test.each([
    ['2026-02-30'],
    ['2023-02-29'],
    ['1900-02-29'],
    ['2026-13-01'],
    ['2026-00-10'],
    ['2026-04-31'],
    ['0000-01-01'],
    ['2026-1-1'],
    ['2026-01-01T00:00:00Z'],
    ['2026-01-01\n'],
    [''],
  ])('%j is none', (text) => {
    expect(isLocalDate(text)).toBe(false);
    expect(() => date(text)).toThrow(RangeError);
  });

  test('has its parts', () => {
    const of = date('2024-02-29');
    expect([yearOf(of), monthOf(of), dayOf(of)]).toEqual([2024, 2, 29]);
  });

  test.each([
    [2024, true],
    [2023, false],
    [1900, false],
    [2000, true],
  ])('knows whether %s is a leap year', (year, leap) => expect(isLeapYear(year)).toBe(leap));

  test('is ordered by the calendar', () => {
    const [earlier, later] = [date('2025-12-31'), date('2026-01-01')];
    expect([compareDates(earlier, later), compareDates(later, earlier), compareDates(later, later)]).toEqual([
      -1, 1, 0,
    ]);
  });
});

describe('days', () => {
  test.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2024-02-28', 2, '2024-03-01'],
    ['2023-12-31', 1, '2024-01-01'],
    ['2024-01-01', -1, '2023-12-31'],
    ['2026-01-01', 350, '2026-12-17'],
  ])('%s and %s days is %s', (from, days, to) => {
    expect(addDays(date(from), days)).toBe(to);
    expect(daysBetween(date(from), date(to))).toBe(days);
  });

  test('agree with the calendar of the platform', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -40_000, max: 40_000 }), (from, days) => {
        const instant = new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000);
        fc.pre(instant.getUTCFullYear() >= 1 && instant.getUTCFullYear() <= 9999);
        const expected = date(instant.toISOString().slice(0, 10));
        expect(addDays(from, days)).toBe(expected);
        expect(daysBetween(from, expected)).toBe(days);
      }),
    );
  });

  test('do not leave the calendar', () => {
    expect(() => addDays(date('9999-12-31'), 1)).toThrow(RangeError);
    expect(() => addMonths(date('0001-01-15'), -1)).toThrow(RangeError);
  });
});

describe('months', () => {
  test.each([
    ['2024-01-31', 1, 31, '2024-02-29'],
    ['2023-01-31', 1, 31, '2023-02-28'],
    ['2024-02-29', 1, 31, '2024-03-31'],
    ['2023-02-28', 1, 30, '2023-03-30'],
    ['2024-12-15', 1, 15, '2025-01-15'],
    ['2024-01-15', -1, 15, '2023-12-15'],
    ['2024-03-31', -13, 31, '2023-02-28'],
  ])('%s and %s months on the anchor %s is %s', (from, months, anchor, to) => {
    expect(addMonths(date(from), months, anchor)).toBe(to);
  });

  test('keep their own day when no anchor is named', () => {
    expect(addMonths(date('2024-02-29'), 1)).toBe('2024-03-29');
  });
});
