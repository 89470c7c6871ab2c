import {
  anchorDayOf,
  businessDayRules,
  type ClosedDays,
  type DayCount,
  date,
  dayCounts,
  type Frequency,
  type FrequencyUnit,
  yearFraction,
} from '@tenor/calendar';
import { type Fraction, fraction } from '@tenor/money';
import type { GivenTerms } from '../../src/products/terms.ts';
import { amount, plan, scheduleOf } from '../schedules/plans.ts';
import { rowsOf } from './page-tables.ts';

const PAGE = 'day-counts.md';
const each = (unit: string): Frequency => ({ every: 1, unit: unit as FrequencyUnit });
const listed = (dates: string): string[] => dates.split(', ');

/** A sum of products of fractions, such as "30/360 + 17/29 × 30/360". */
function calculated(text: string): Fraction {
  const terms = text.split(' + ').map((term) => {
    const factors = term.split(' × ').map((factor) => factor.split('/').map(BigInt) as [bigint, bigint]);
    return factors.reduce(
      (product, [over, under]) => fraction(product.numerator * over, product.denominator * under),
      fraction(1n, 1n),
    );
  });
  return terms.reduce((sum, term) =>
    fraction(sum.numerator * term.denominator + term.numerator * sum.denominator, sum.denominator * term.denominator),
  );
}

describe('docs/day-counts.md', () => {
  test('names every day count and every rule', () => {
    expect(rowsOf(PAGE, 'day_count', 'of a year of').map((row) => row.day_count)).toEqual(dayCounts);
    expect(rowsOf(PAGE, 'business_day_rule').map((row) => row.business_day_rule)).toEqual(businessDayRules);
  });

  const periods = rowsOf(PAGE, 'day_count', 'from', 'to', 'part of a year', 'principal', 'rate', 'interest');
  const everyOf = new Map(rowsOf(PAGE, 'every', 'from', 'to').map((row) => [`${row.from} ${row.to}`, row.every]));

  test.each(periods)('$day_count from $from to $to is $interest', (row) => {
    const dayCount = row.day_count as DayCount;
    const frequency = each(everyOf.get(`${row.from} ${row.to}`) ?? 'month');
    const terms: GivenTerms = {
      interestMethod: 'bullet',
      annualRatePercent: row.rate,
      frequency,
      numberOfInstalments: 1,
      dayCount,
      firstDueDate: date(row.to),
    };
    const [instalment] = plan(terms, row.principal, row.from);
    expect(amount(instalment?.interest ?? 0n)).toBe(row.interest);
    const [from, to] = [date(row.from), date(row.to)];
    const anchorDay = anchorDayOf(from, frequency, to);
    const { numerator, denominator } = yearFraction(dayCount, from, to, frequency, anchorDay);
    expect(fraction(numerator, denominator)).toEqual(calculated(row['part of a year']));
  });

  test.each(rowsOf(PAGE, 'day_count', 'flat interest of 4 weeks'))('flat per annum over $day_count', (row) => {
    const terms: GivenTerms = {
      interestMethod: 'flat',
      flatRatePercent: '12',
      flatRateBasis: 'per_annum',
      frequency: { every: 4, unit: 'week' },
      numberOfInstalments: 1,
      dayCount: row.day_count as DayCount,
    };
    const [instalment] = plan(terms, '10000.00', '2024-01-01');
    expect(amount(instalment?.interest ?? 0n)).toBe(row['flat interest of 4 weeks']);
  });

  test.each(rowsOf(PAGE, 'disbursed_on', 'every', 'first_due_date', 'minimum_days_to_first_due', 'due dates'))(
    'from $disbursed_on every $every: $due dates',
    (row) => {
      const terms: GivenTerms = {
        interestMethod: 'none',
        frequency: each(row.every),
        numberOfInstalments: listed(row['due dates']).length,
        firstDueDate: row.first_due_date === '' ? null : date(row.first_due_date),
        minimumDaysToFirstDue: Number.parseInt(row.minimum_days_to_first_due, 10),
      };
      const dates = plan(terms, '100.00', row.disbursed_on).map(({ dueDate }) => dueDate);
      expect(dates).toEqual(listed(row['due dates']));
    },
  );

  test.each(rowsOf(PAGE, 'business_day_rule', 'due dates'))('over Easter with $business_day_rule', (row) => {
    const easter: ClosedDays = { weekend: [6, 7], holidays: [date('2024-03-29'), date('2024-04-01')] };
    const rule = row.business_day_rule as (typeof businessDayRules)[number];
    const terms: GivenTerms = {
      interestMethod: 'none',
      frequency: each('month'),
      numberOfInstalments: 3,
      calendar: rule === 'none' ? null : 'easter',
      businessDayRule: rule,
    };
    const { instalments } = scheduleOf(terms, [['2024-01-31', '100.00']], easter);
    expect(instalments.map(({ dueDate }) => dueDate)).toEqual(listed(row['due dates']));
  });
});
