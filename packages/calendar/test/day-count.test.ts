import {
  addDays,
  type DayCount,
  date,
  dayCounts,
  type Frequency,
  isDayCount,
  yearBasis,
  yearFraction,
} from '@tenor/calendar';
import fc from 'fast-check';

const monthly: Frequency = { every: 1, unit: 'month' };
const weekly: Frequency = { every: 1, unit: 'week' };

/** Whether two fractions of a year are equal, whatever they were divided by. */
function expectYears(actual: ReturnType<typeof yearFraction>, numerator: bigint, denominator: bigint): void {
  expect(actual.numerator * denominator).toBe(numerator * actual.denominator);
}

describe('30/360', () => {
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
    { from: '2024-01-01', to: '2024-01-01', anchor: 1, years: [0n, 1n], because: 'nothing elapsed' },
    { from: '2023-11-30', to: '2024-11-30', anchor: 30, years: [1n, 1n], because: 'a year is twelve months' },
  ] as const)('$from → $to: $because', ({ from, to, anchor, years }) => {
    expectYears(yearFraction('30/360', date(from), date(to), monthly, anchor), years[0], years[1]);
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
    ['act/act-isda', '2023-12-31', '2024-01-01', 1n, 365n],
    ['act/act-fineract', '2023-12-31', '2024-01-01', 1n, 366n],
    ['act/act-isda', '2022-06-01', '2025-06-01', 3n, 1n],
    ['act/act-fineract', '2024-12-31', '2025-12-31', 1n, 1n],
  ])('%s puts each day of %s → %s into its own year', (dayCount, from, to, numerator, denominator) => {
    expectYears(yearFraction(dayCount, date(from), date(to), monthly, 1), numerator, denominator);
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

  test('has a year basis and a name', () => {
    expect(dayCounts.map(yearBasis)).toEqual([360, 360, 364, 365, 365, 365]);
    expect(['act/365', 'act/366', 'toString'].map(isDayCount)).toEqual([true, false, false]);
  });
});
