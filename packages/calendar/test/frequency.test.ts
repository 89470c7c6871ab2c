import { anchorDayOf, date, type Frequency, frequencyUnits } from '@tenor/calendar';
import fc from 'fast-check';
import { nominalDates } from './nominal-dates.ts';

const every = (count: number, unit: Frequency['unit']): Frequency => ({ every: count, unit });

describe('due dates', () => {
  test.each([
    { from: '2026-01-01', frequency: every(1, 'week'), expected: ['2026-01-08', '2026-01-15', '2026-01-22'] },
    { from: '2026-01-01', frequency: every(10, 'day'), expected: ['2026-01-11', '2026-01-21', '2026-01-31'] },
    { from: '2026-01-01', frequency: every(30, 'week'), expected: ['2026-07-30'] },
    { from: '2024-01-31', frequency: every(1, 'month'), expected: ['2024-02-29', '2024-03-31', '2024-04-30'] },
    { from: '2024-11-30', frequency: every(1, 'quarter'), expected: ['2025-02-28', '2025-05-30', '2025-08-30'] },
    { from: '2024-01-01', frequency: every(2, 'month'), expected: ['2024-03-01', '2024-05-01', '2024-07-01'] },
    { from: '2024-02-15', frequency: every(1, 'semi_month'), expected: ['2024-02-29', '2024-03-15', '2024-03-30'] },
    { from: '2024-01-31', frequency: every(1, 'semi_month'), expected: ['2024-02-16', '2024-02-29', '2024-03-16'] },
    { from: '2024-01-05', frequency: every(3, 'semi_month'), expected: ['2024-02-20', '2024-04-05', '2024-05-20'] },
  ])('from $from every $frequency.every $frequency.unit', ({ from, frequency, expected }) => {
    expect(nominalDates(date(from), frequency, expected.length)).toEqual(expected);
  });

  test.each([
    { first: '2024-03-05', frequency: every(1, 'month'), expected: ['2024-03-05', '2024-04-05'] },
    { first: '2024-03-31', frequency: every(1, 'month'), expected: ['2024-03-31', '2024-04-30', '2024-05-31'] },
    { first: '2024-03-01', frequency: every(1, 'semi_month'), expected: ['2024-03-01', '2024-03-16', '2024-04-01'] },
    { first: '2024-03-16', frequency: every(1, 'semi_month'), expected: ['2024-03-16', '2024-04-01', '2024-04-16'] },
    { first: '2024-03-05', frequency: every(2, 'week'), expected: ['2024-03-05', '2024-03-19'] },
  ])('take their anchor from a first one on $first', ({ first, frequency, expected }) => {
    expect(nominalDates(date('2024-02-10'), frequency, expected.length, date(first))).toEqual(expected);
  });

  test('are the same when the first is named as it would be anyway', () => {
    const from = date('2024-01-31');
    expect(nominalDates(from, every(1, 'month'), 3, date('2024-02-29'))).toEqual(
      nominalDates(from, every(1, 'month'), 3),
    );
    expect(anchorDayOf(from, every(1, 'month'), date('2024-02-29'))).toBe(31);
    expect(anchorDayOf(from, every(1, 'month'), date('2024-02-28'))).toBe(28);
  });

  test('strictly increase and follow the disbursement', () => {
    const start = fc
      .integer({ min: 0, max: 40_000 })
      .map((days) => date(new Date(days * 86_400_000).toISOString().slice(0, 10)));
    const frequency = fc.record({ every: fc.integer({ min: 1, max: 40 }), unit: fc.constantFrom(...frequencyUnits) });
    fc.assert(
      fc.property(start, frequency, fc.integer({ min: 1, max: 60 }), (from, rhythm, count) => {
        const dates = [from, ...nominalDates(from, rhythm, count)];
        expect(dates).toEqual([...new Set(dates)].toSorted());
      }),
    );
  });

  test('do not leave the calendar', () => {
    expect(() => nominalDates(date('9999-11-30'), every(1, 'month'), 2)).toThrow(RangeError);
  });
});
