import { type DayCount, date, type Frequency } from '@tenor/calendar';
import type { GivenTerms } from '../../src/products/terms.ts';
import { parts, plan } from './plans.ts';

const annuity = { interestMethod: 'annuity', annualRatePercent: '12', numberOfInstalments: 3 } as const;
const monthly: Frequency = { every: 1, unit: 'month' };

const dueOf = (given: GivenTerms, principal: string, from: string): string[] =>
  plan(given, principal, from).map(({ dueDate }) => dueDate);

describe('an annuity of 1,200 from 31 January 2024 in three instalments', () => {
  test.each<{ frequency: Frequency; due: string[]; expected: string[] }>([
    {
      frequency: { every: 10, unit: 'day' },
      due: ['2024-02-10', '2024-02-20', '2024-03-01'],
      expected: ['398.67/4.00', '400.00/2.67', '401.33/1.34'],
    },
    {
      frequency: { every: 1, unit: 'week' },
      due: ['2024-02-07', '2024-02-14', '2024-02-21'],
      expected: ['399.07/2.80', '400.00/1.87', '400.93/0.94'],
    },
    {
      frequency: { every: 2, unit: 'week' },
      due: ['2024-02-14', '2024-02-28', '2024-03-13'],
      expected: ['398.14/5.60', '400.00/3.74', '401.86/1.88'],
    },
    {
      frequency: { every: 1, unit: 'semi_month' },
      due: ['2024-02-16', '2024-02-29', '2024-03-16'],
      expected: ['397.48/6.62', '400.50/3.60', '402.02/2.07'],
    },
    {
      frequency: monthly,
      due: ['2024-02-29', '2024-03-31', '2024-04-30'],
      expected: ['396.03/12.00', '399.99/8.04', '403.98/4.04'],
    },
    {
      frequency: { every: 2, unit: 'month' },
      due: ['2024-03-31', '2024-05-31', '2024-07-31'],
      expected: ['392.11/24.00', '399.95/16.16', '407.94/8.16'],
    },
    {
      frequency: { every: 1, unit: 'quarter' },
      due: ['2024-04-30', '2024-07-31', '2024-10-31'],
      expected: ['388.24/36.00', '399.89/24.35', '411.87/12.36'],
    },
  ])('every $frequency.every $frequency.unit asks $expected', ({ frequency, due, expected }) => {
    const given: GivenTerms = { ...annuity, frequency };
    expect(dueOf(given, '1200', '2024-01-31')).toEqual(due);
    expect(parts(plan(given, '1200', '2024-01-31'))).toEqual(expected);
  });
});

test.each<[DayCount, string[]]>([
  ['30/360', ['3300.22/100.00', '3333.22/67.00', '3366.56/33.67']],
  ['act/360', ['3298.39/103.33', '3332.47/69.25', '3369.14/32.57']],
  ['act/364', ['3298.77/102.20', '3332.48/68.49', '3368.75/32.21']],
  ['act/365', ['3298.86/101.92', '3332.48/68.30', '3368.66/32.12']],
  ['act/act-isda', ['3298.83/101.82', '3332.54/68.11', '3368.63/32.03']],
  ['act/act-fineract', ['3298.84/101.81', '3332.54/68.11', '3368.62/32.03']],
])('10,000 over the turn of a leap year by %s asks %j', (dayCount, expected) => {
  const given: GivenTerms = { ...annuity, frequency: monthly, dayCount };
  expect(parts(plan(given, '10000', '2023-12-12'))).toEqual(expected);
});

describe('an odd first period', () => {
  test.each([
    {
      because: 'shorter than a month',
      principal: '192.22',
      rate: '9.99',
      from: '2024-01-15',
      first: '2024-02-01',
      expected: ['31.97/0.88', '31.52/1.33', '31.78/1.07', '32.04/0.81', '32.31/0.54', '32.60/0.27'],
    },
    {
      because: 'longer than a month',
      principal: '100',
      rate: '9.4822',
      from: '2024-01-01',
      first: '2024-02-18',
      expected: ['15.96/1.25', '16.55/0.66', '16.68/0.53', '16.81/0.40', '16.94/0.27', '17.06/0.13'],
    },
    {
      because: 'to the end of a month',
      principal: '1000',
      rate: '12',
      from: '2024-01-10',
      first: '2024-03-31',
      expected: ['233.77/26.77', '252.88/7.66', '255.41/5.13', '257.94/2.58'],
    },
  ])('$because, from $from to $first, asks $expected', ({ principal, rate, from, first, expected }) => {
    const given: GivenTerms = {
      ...annuity,
      annualRatePercent: rate,
      frequency: monthly,
      numberOfInstalments: expected.length,
      firstDueDate: date(first),
    };
    expect(parts(plan(given, principal, from))).toEqual(expected);
  });
});

describe('an anchor at the end of the month', () => {
  test.each([
    {
      from: '2023-12-30',
      due: ['2024-01-30', '2024-02-29', '2024-03-30', '2024-04-30'],
      whole: ['246.28/10.00', '248.74/7.54', '251.23/5.05', '253.75/2.54'],
      actual: ['246.11/10.19', '248.86/7.44', '251.32/4.98', '253.71/2.59'],
    },
    {
      from: '2023-10-31',
      due: ['2023-11-30', '2023-12-31', '2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30'],
      whole: ['162.55/10.00', '164.18/8.37', '165.82/6.73', '167.48/5.07', '169.15/3.40', '170.82/1.71'],
      actual: ['162.68/9.86', '164.01/8.53', '165.68/6.86', '167.70/4.84', '169.08/3.46', '170.85/1.69'],
    },
  ])('from $from returns after shorter months, which are whole in 30/360', ({ from, due, whole, actual }) => {
    const given: GivenTerms = { ...annuity, frequency: monthly, numberOfInstalments: due.length };
    expect(dueOf(given, '1000', from)).toEqual(due);
    expect(parts(plan(given, '1000', from))).toEqual(whole);
    expect(parts(plan({ ...given, dayCount: 'act/365' }, '1000', from))).toEqual(actual);
  });
});
