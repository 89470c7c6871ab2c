import type { Frequency } from '@tenor/calendar';
import type { GivenTerms } from '../../src/products/terms.ts';
import { totalOf } from '../../src/schedules/schedule.ts';
import { amount, parts, plan, totals } from './plans.ts';

const weekly: GivenTerms = {
  interestMethod: 'flat',
  flatRatePercent: '10',
  frequency: { every: 1, unit: 'week' },
  numberOfInstalments: 50,
};
const yearly: GivenTerms = {
  interestMethod: 'flat',
  flatRatePercent: '12',
  flatRateBasis: 'per_annum',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 3,
};
const free: GivenTerms = { interestMethod: 'none', frequency: { every: 1, unit: 'month' }, numberOfInstalments: 6 };

describe('a flat loan of fifty weeks at ten per cent', () => {
  test.each([
    ['2000000', ['50 × 44000.00'], '2200000.00'],
    ['5000000', ['50 × 110000.00'], '5500000.00'],
    ['5000001', ['49 × 110000.02', '1 × 110000.12'], '5500001.10'],
    ['1234569', ['49 × 27160.52', '1 × 27160.42'], '1358025.90'],
  ])('of %s is repaid in %s', (principal, expected, total) => {
    const schedule = plan(weekly, principal);
    expect(totals(schedule)).toEqual(expected);
    expect(amount(schedule.reduce((sum, one) => sum + totalOf(one), 0n))).toBe(total);
  });
});

describe('a flat rate per year', () => {
  test('takes months as twelfths', () => {
    expect(parts(plan(yearly, '1250'))).toEqual(['416.67/12.50', '416.67/12.50', '416.66/12.50']);
  });

  test('leaves interest exact when instalments come in whole units', () => {
    const schedule = plan({ ...yearly, instalmentMultiple: '1' }, '1250');
    expect(totals(schedule)).toEqual(['2 × 429.00', '1 × 429.50']);
    expect(schedule.map(({ interest }) => interest)).toEqual([1_250n, 1_250n, 1_250n]);
  });

  test.each<[Frequency, GivenTerms['dayCount'], string]>([
    [{ every: 1, unit: 'month' }, '30/360', '36.00'],
    [{ every: 1, unit: 'quarter' }, '30/360', '108.00'],
    [{ every: 1, unit: 'semi_month' }, '30/360', '18.00'],
    [{ every: 2, unit: 'week' }, 'act/364', '16.62'],
    [{ every: 1, unit: 'week' }, '30/360', '8.40'],
    [{ every: 73, unit: 'day' }, 'act/365', '86.40'],
  ])('over three periods of %j (%s) charges %s on 1200', (frequency, dayCount, expected) => {
    const schedule = plan({ ...yearly, frequency, dayCount }, '1200');
    const interest = schedule.reduce((sum, one) => sum + one.interest, 0n);
    expect(amount(interest)).toBe(expected);
  });
});

describe('a loan without interest', () => {
  test('in whole units, rounded up, gives the last instalment what is left', () => {
    const schedule = plan({ ...free, instalmentMultiple: '1', rounding: 'up' }, '1000');
    expect(totals(schedule)).toEqual(['5 × 167.00', '1 × 165.00']);
  });

  test('in one instalment asks for the principal', () => {
    const open = plan({ ...free, frequency: { every: 30, unit: 'week' }, numberOfInstalments: 1 }, '900');
    expect(parts(open)).toEqual(['900.00/0.00']);
    expect(open[0]?.dueDate).toBe('2026-07-30');
  });

  test.each([
    { of: '0.08', terms: { rounding: 'up' }, expected: ['5 × 0.01', '1 × 0.03'], because: 'up would overshoot' },
    { of: '0.09', terms: {}, expected: ['5 × 0.01', '1 × 0.04'], because: 'half-even would overshoot' },
  ] as const)('rounds $of down when $because', ({ of, terms, expected }) => {
    expect(totals(plan({ ...free, ...terms }, of))).toEqual(expected);
  });
});

test('principal and interest are divided apart where rounding down together would overshoot', () => {
  const schedule = plan({ ...weekly, flatRatePercent: '80', numberOfInstalments: 9, rounding: 'down' }, '0.10');
  expect(parts(schedule)).toEqual([...new Array(8).fill('0.01/0.00'), '0.02/0.08']);
});
