import { date } from '@tenor/calendar';
import type { GivenTerms } from '../../src/products/terms.ts';
import { parts, plan, scheduleOf } from './plans.ts';

// What Apache Fineract's own tests expect, besides the golden schedules: ProgressiveEMICalculatorTest, and
// ClientLoanIntegrationTest for equal principal.

const six: GivenTerms = {
  interestMethod: 'annuity',
  annualRatePercent: '9.4822',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 6,
};

test.each<{ because: string; given: GivenTerms; expected: string[] }>([
  {
    because: 'a smoothed instalment would be no better',
    given: { annualRatePercent: '15.678', dayCount: 'act/365' },
    expected: ['16.10/1.33', '16.38/1.05', '16.53/0.90', '16.77/0.66', '16.97/0.46', '17.25/0.22'],
  },
  {
    because: 'it is due every two weeks',
    given: { frequency: { every: 2, unit: 'week' }, numberOfInstalments: 3, dayCount: 'act/364' },
    expected: ['33.21/0.36', '33.33/0.24', '33.46/0.12'],
  },
  {
    because: 'it is due every fifteen days',
    given: { frequency: { every: 15, unit: 'day' } },
    expected: ['16.50/0.40', '16.57/0.33', '16.64/0.26', '16.70/0.20', '16.77/0.13', '16.82/0.07'],
  },
])('100 is repaid in $expected where $because', ({ given, expected }) => {
  expect(parts(plan({ ...six, ...given }, '100', '2024-01-01'))).toEqual(expected);
});

test.each<{ because: string; disbursements: [string, string][]; expected: string[] }>([
  {
    because: 'on a due date',
    disbursements: [
      ['2024-01-01', '100'],
      ['2024-03-01', '100'],
    ],
    expected: ['16.34/0.79', '16.47/0.66', '41.31/1.32', '41.64/0.99', '41.96/0.67', '42.28/0.33'],
  },
  {
    because: 'in the same period',
    disbursements: [
      ['2024-01-01', '100'],
      ['2024-01-08', '200'],
    ],
    expected: ['49.32/2.01', '49.35/1.98', '49.74/1.59', '50.13/1.20', '50.53/0.80', '50.93/0.40'],
  },
  {
    because: 'in the next period',
    disbursements: [
      ['2024-01-01', '100'],
      ['2024-02-15', '100'],
    ],
    expected: ['16.34/0.79', '36.46/1.07', '36.37/1.16', '36.65/0.88', '36.94/0.59', '37.24/0.29'],
  },
  {
    because: 'in a short first period, two of them on one day',
    disbursements: [
      ['2024-01-05', '100'],
      ['2024-01-08', '50'],
      ['2024-01-08', '25'],
    ],
    expected: ['28.79/1.15', '28.78/1.16', '29.01/0.93', '29.24/0.70', '29.47/0.47', '29.71/0.23'],
  },
])('a further disbursement $because gives $expected', ({ disbursements, expected }) => {
  const given = { ...six, maximumDisbursements: disbursements.length, firstDueDate: date('2024-02-01') };
  expect(parts(scheduleOf(given, disbursements).instalments)).toEqual(expected);
});

test.each<{ principalGrace: number; expected: Record<number, string> }>([
  {
    principalGrace: 0,
    expected: {
      1: '41.67/20.00',
      2: '41.67/19.17',
      3: '41.67/18.33',
      4: '41.67/17.50',
      5: '41.67/16.67',
      6: '41.67/15.83',
      10: '41.67/12.50',
      20: '41.67/4.17',
      24: '41.59/0.83',
    },
  },
  {
    principalGrace: 5,
    expected: {
      1: '0.00/20.00',
      5: '0.00/20.00',
      6: '52.63/20.00',
      7: '52.63/18.95',
      10: '52.63/15.79',
      20: '52.63/5.26',
      24: '52.66/1.05',
    },
  },
])('equal principal after $principalGrace instalments of grace', ({ principalGrace, expected }) => {
  const given: GivenTerms = {
    ...six,
    interestMethod: 'equal_principal',
    annualRatePercent: '24',
    numberOfInstalments: 24,
    principalGrace,
  };
  const asked = parts(plan(given, '1000', '2014-06-02'));
  for (const [number, each] of Object.entries(expected))
    expect([number, asked.at(Number(number) - 1)]).toEqual([number, each]);
});
