import {
  addDays,
  anchorDayOf,
  type DayCount,
  date,
  dayCounts,
  type Frequency,
  yearBasis,
  yearFraction,
} from '@tenor/calendar';
import fc from 'fast-check';
import { calendarDates } from './arbitraries.ts';
import { nominalDates } from './nominal-dates.ts';

const monthly: Frequency = { every: 1, unit: 'month' };
const weekly: Frequency = { every: 1, unit: 'week' };

/** Whether two fractions of a year are equal, whatever they were divided by. */
function expectYears(actual: ReturnType<typeof yearFraction>, numerator: bigint, denominator: bigint): void {
  expect(actual.numerator * denominator).toBe(numerator * actual.denominator);
}

describe('30/360', () => {
  test.each([
    { from: '2024-02-29', to: '2024-03-31', every: 2, years: [30n, 360n], because: 'the 31st is a half-month day' },
    { from: '2024-02-16', to: '2024-03-16', every: 2, years: [30n, 360n], because: 'so is the 16th' },
    { from: '2024-02-29', to: '2024-03-16', every: 1, years: [30n * 16n, 31n * 360n], because: '16 of the 31 to it' },
  ])('of half-months from $from to $to is $years: $because', ({ from, to, every, years: [numerator, denominator] }) => {
    const years = yearFraction('30/360', date(from), date(to), { every, unit: 'semi_month' }, 16);
    expectYears(years, numerator as bigint, denominator as bigint);
  });

  test.each([
    { from: '2024-01-01', to: '2024-02-01', anchor: 1, years: [30n, 360n], because: 'a month is 30 days' },
    { from: '2024-02-01', to: '2024-03-01', anchor: 1, years: [30n, 360n], because: 'February is too' },
    { from: '2024-01-31', to: '2024-02-29', anchor: 31, years: [30n, 360n], because: 'the anchor is capped' },
    { from: '2024-02-29', to: '2024-03-31', anchor: 31, years: [30n, 360n], because: 'and returns' },
    { from: '2024-01-31', to: '2024-07-31', anchor: 31, years: [180n, 360n], because: 'six whole months' },
    { from: '2024-01-15', to: '2024-02-01', anchor: 1, years: [30n * 17n, 31n * 360n], because: '17 of 31 days' },
    {
      from: '2024-01-01',
      to: '2024-02-18',
      anchor: 1,
      years: [30n * 29n + 30n * 17n, 29n * 360n],
      because: '1 month, 17 of 29',
    },
    { from: '2023-01-31', to: '2023-02-28', anchor: 31, years: [30n, 360n], because: 'in an ordinary year too' },
    { from: '2023-02-28', to: '2023-03-30', anchor: 30, years: [30n, 360n], because: 'the anchor 30 returns' },
    { from: '2024-04-30', to: '2024-05-31', anchor: 31, years: [30n, 360n], because: 'the 30th stands for the 31st' },
    { from: '2024-04-30', to: '2024-05-30', anchor: 31, years: [30n * 30n, 31n * 360n], because: 'a day short of it' },
    { from: '2024-04-30', to: '2024-05-31', anchor: 30, years: [31n * 30n + 30n, 31n * 360n], because: 'a day beyond' },
    {
      from: '2024-01-10',
      to: '2024-03-31',
      anchor: 31,
      years: [60n * 31n + 30n * 21n, 31n * 360n],
      because: '2, 21 of 31',
    },
    {
      from: '2024-01-31',
      to: '2024-03-15',
      anchor: 15,
      years: [30n * 31n + 30n * 15n, 31n * 360n],
      because: '1, 15 of 31',
    },
    { from: '2024-02-29', to: '2024-03-29', anchor: 29, years: [30n, 360n], because: 'the 29th is no month end' },
    { from: '2024-01-01', to: '2024-01-01', anchor: 1, years: [0n, 1n], because: 'nothing elapsed' },
    { from: '2023-11-30', to: '2024-11-30', anchor: 30, years: [1n, 1n], because: 'a year is twelve months' },
  ] as const)('$from → $to: $because', ({ from, to, anchor, years }) => {
    expectYears(yearFraction('30/360', date(from), date(to), monthly, anchor), years[0], years[1]);
  });

  test('gives every period of a schedule its nominal months', () => {
    const anchored = fc.constantFrom<Frequency>(
      { every: 1, unit: 'month' },
      { every: 2, unit: 'month' },
      { every: 1, unit: 'quarter' },
    );
    fc.assert(
      fc.property(calendarDates, anchored, fc.integer({ min: 2, max: 30 }), (from, frequency, count) => {
        const anchorDay = anchorDayOf(from, frequency);
        const ends = [from, ...nominalDates(from, frequency, count)];
        const months = BigInt(frequency.every * (frequency.unit === 'quarter' ? 3 : 1));
        for (const [index, to] of ends.slice(1).entries()) {
          expectYears(yearFraction('30/360', ends[index] ?? from, to, frequency, anchorDay), months, 12n);
        }
      }),
    );
  });

  test('grows with the period, day by day', () => {
    const anchors = fc.integer({ min: 1, max: 31 });
    const spans = fc.integer({ min: 0, max: 800 });
    fc.assert(
      fc.property(calendarDates, anchors, spans, (from, anchorDay, days) => {
        const [shorter, longer] = [days, days + 1].map((span) =>
          yearFraction('30/360', from, addDays(from, span), monthly, anchorDay),
        );
        if (shorter === undefined || longer === undefined) throw new Error('two periods were made');
        expect(longer.numerator * shorter.denominator).toBeGreaterThan(shorter.numerator * longer.denominator);
      }),
    );
  });

  test('counts actual days over 360 in weeks and days', () => {
    expectYears(yearFraction('30/360', date('2024-02-01'), date('2024-03-01'), weekly, 1), 29n, 360n);
    expectYears(
      yearFraction('30/360', date('2024-02-01'), date('2024-03-01'), { every: 29, unit: 'day' }, 1),
      29n,
      360n,
    );
  });
});

describe('actual days', () => {
  test.each<[DayCount, bigint, bigint]>([
    ['act/360', 31n, 360n],
    ['act/364', 31n, 364n],
    ['act/365', 31n, 365n],
    ['act/act-isda', 20n * 366n + 11n * 365n, 365n * 366n],
    ['act/act-fineract', 19n * 366n + 12n * 365n, 365n * 366n],
  ])('%s counts 12 December 2023 → 12 January 2024', (dayCount, numerator, denominator) => {
    expectYears(yearFraction(dayCount, date('2023-12-12'), date('2024-01-12'), monthly, 12), numerator, denominator);
  });

  test.each<[DayCount, string, string, bigint, bigint]>([
    ['act/364', '2024-01-01', '2024-12-30', 1n, 1n],
    ['act/act-isda', '2023-12-31', '2024-01-01', 1n, 365n],
    ['act/act-fineract', '2023-12-31', '2024-01-01', 1n, 366n],
    ['act/act-isda', '2022-06-01', '2025-06-01', 3n, 1n],
    ['act/act-fineract', '2024-12-31', '2025-12-31', 1n, 1n],
  ])('%s puts each day of %s → %s into its own year', (dayCount, from, to, numerator, denominator) => {
    expectYears(yearFraction(dayCount, date(from), date(to), monthly, 1), numerator, denominator);
  });
});

describe('act/act', () => {
  test.each<[DayCount, string, string, bigint, bigint]>([
    ['act/act-isda', '2024-01-01', '2025-01-01', 366n, 0n],
    ['act/act-fineract', '2024-01-01', '2025-01-01', 365n, 1n],
    ['act/act-isda', '2023-12-31', '2024-12-31', 365n, 1n],
    ['act/act-fineract', '2023-12-31', '2024-12-31', 366n, 0n],
    ['act/act-isda', '2024-02-28', '2024-03-01', 2n, 0n],
    ['act/act-fineract', '2024-02-28', '2024-03-01', 2n, 0n],
    ['act/act-isda', '2023-07-01', '2024-07-01', 182n, 184n],
    ['act/act-fineract', '2023-07-01', '2024-07-01', 183n, 183n],
  ])('%s %s → %s has %i leap days and %i others', (dayCount, from, to, leap, ordinary) => {
    const years = yearFraction(dayCount, date(from), date(to), monthly, 1);
    expectYears(years, leap * 365n + ordinary * 366n, 365n * 366n);
  });

  test('both agree with act/365 where no day is in a leap year', () => {
    const starts = fc.integer({ min: 0, max: 1_000 }).map((days) => addDays(date('2021-01-01'), days));
    fc.assert(
      fc.property(starts, fc.integer({ min: 0, max: 90 }), (from, days) => {
        const to = addDays(from, days);
        for (const dayCount of ['act/act-isda', 'act/act-fineract'] as const) {
          expectYears(yearFraction(dayCount, from, to, monthly, 1), BigInt(days), 365n);
        }
      }),
    );
  });
});

describe('every day count', () => {
  test('adds up over a split, where it counts actual days', () => {
    const actual = dayCounts.filter((dayCount) => dayCount !== '30/360');
    const days = fc.integer({ min: 0, max: 3_000 });
    fc.assert(
      fc.property(fc.constantFrom(...actual), days, days, (dayCount, one, other) => {
        const [from, middle, to] = [0, one, one + other].map((offset) => addDays(date('2019-12-05'), offset));
        if (from === undefined || middle === undefined || to === undefined) throw new Error('three dates were made');
        const [first, second] = [
          yearFraction(dayCount, from, middle, monthly, 5),
          yearFraction(dayCount, middle, to, monthly, 5),
        ];
        expect(first.denominator).toBe(second.denominator);
        expectYears(
          yearFraction(dayCount, from, to, monthly, 5),
          first.numerator + second.numerator,
          first.denominator,
        );
      }),
    );
  });

  test('refuses a period that ends before it begins', () => {
    for (const dayCount of dayCounts) {
      expect(() => yearFraction(dayCount, date('2024-02-02'), date('2024-02-01'), monthly, 1)).toThrow(RangeError);
    }
  });

  test('has a year basis', () => {
    expect(dayCounts.map(yearBasis)).toEqual([360, 360, 364, 365, 365, 365]);
  });
});
