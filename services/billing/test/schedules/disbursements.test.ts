import type { GivenTerms } from '../../src/products/terms.ts';
import { amount, parts, planned, scheduleOf, totals } from './plans.ts';

const six: GivenTerms = {
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 6,
  maximumDisbursements: 3,
};
const twice = [
  ['2026-01-01', '1000'],
  ['2026-03-15', '500'],
] as const;

describe('several disbursements', () => {
  test('compute the equal instalment anew after each, with interest from its own day', () => {
    const { instalments, principal } = scheduleOf(six, twice);
    // 15 March to 1 April is 17 of the 31 days of the third period.
    expect(parts(instalments)).toEqual([
      '162.55/10.00',
      '164.18/8.37',
      '290.64/9.47',
      '291.28/8.83',
      '294.20/5.91',
      '297.15/2.97',
    ]);
    expect(instalments.map(({ balanceAfter }) => amount(balanceAfter))).toEqual([
      '837.45',
      '673.27',
      '882.63',
      '591.35',
      '297.15',
      '0.00',
    ]);
    expect(principal).toBe(150_000n);
  });

  test('inside the first period change the first instalment too', () => {
    const thrice = [twice[0], ['2026-01-20', '300'], twice[1]] as const;
    expect(parts(scheduleOf({ ...six, dayCount: 'act/365' }, thrice).instalments)).toEqual([
      '212.53/11.38',
      '213.90/10.01',
      '339.79/11.70',
      '341.29/10.20',
      '344.43/7.06',
      '348.06/3.43',
    ]);
  });

  test('on a due date come after the instalment of that day', () => {
    const whole = scheduleOf(six, [
      ['2026-01-01', '1000'],
      ['2026-03-01', '500'],
    ]).instalments;
    expect(parts(whole).slice(0, 3)).toEqual(['162.55/10.00', '164.18/8.37', '288.96/11.73']);
  });

  test('on the day from which a business-day rule moved an instalment leave it as it was', () => {
    const sundays = { weekend: [7], holidays: [] };
    const shifted: GivenTerms = { ...six, calendar: 'national', businessDayRule: 'following' };
    const more = [twice[0], ['2026-02-01', '500']] as const;
    const [first, second] = scheduleOf(shifted, more, sundays).instalments;
    expect(first?.dueDate).toBe('2026-02-02');
    expect(parts([first, second].flatMap((each) => each ?? []))).toEqual(['162.55/10.00', '262.20/13.37']);
  });

  test('of one day are one disbursement', () => {
    const split = [
      ['2026-01-01', '400'],
      ['2026-01-01', '600'],
    ] as const;
    expect(parts(scheduleOf(six, split).instalments)).toEqual(
      parts(scheduleOf(six, [['2026-01-01', '1000']]).instalments),
    );
  });

  test.each<[string, GivenTerms, string[]]>([
    ['flat', { flatRatePercent: '12', annualRatePercent: null }, ['2 × 186.67', '3 × 326.66', '1 × 326.68']],
    [
      'flat',
      { flatRatePercent: '12', flatRateBasis: 'per_annum', annualRatePercent: null },
      ['2 × 176.67', '3 × 306.66', '1 × 306.68'],
    ],
    ['equal_principal', {}, ['1 × 176.67', '1 × 175.00', '1 × 301.07', '1 × 300.41', '1 × 297.49', '1 × 294.60']],
    ['bullet', {}, ['2 × 10.00', '1 × 12.74', '2 × 15.00', '1 × 1515.00']],
    ['balloon', { balloonAmount: '400' }, ['2 × 127.62', '2 × 296.88', '1 × 296.87', '1 × 404.00']],
    ['none', { annualRatePercent: null }, ['2 × 166.67', '3 × 291.66', '1 × 291.68']],
    ['fixed_instalment', { annualRatePercent: null, instalmentAmount: '300' }, ['6 × 300.00']],
  ])('of %s are planned by its own rule (%j)', (interestMethod, given, expected) => {
    const terms = { ...six, ...given, interestMethod } as GivenTerms;
    expect(totals(scheduleOf(terms, twice).instalments)).toEqual(expected);
  });

  test.each([
    { because: 'they are too many', days: ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'] },
    { because: 'one is before the first', days: ['2026-01-02', '2026-01-01'] },
    { because: 'one is on the last due date', days: ['2026-01-01', '2026-07-01'] },
  ])('are refused where $because', ({ days }) => {
    const refused = planned(
      six,
      days.map((day) => [day, '1000'] as const),
    );
    expect(refused).toMatchObject({ refused: 'terms_invalid' });
  });

  test('are refused where one is of nothing', () => {
    const refused = planned(six, [
      ['2026-01-01', '1000'],
      ['2026-02-01', '0'],
    ]);
    expect(refused).toMatchObject({ refused: 'principal_out_of_bounds', meta: { min: '0.01' } });
  });
});

describe('a down payment', () => {
  test('is due at once, without interest, and the rest is planned after it', () => {
    const { instalments } = scheduleOf({ ...six, numberOfInstalments: 4, downPaymentPercent: '25' }, [
      ['2026-01-01', '1333.33'],
    ]);
    expect(parts(instalments)).toEqual(['333.33/0.00', '246.28/10.00', '248.74/7.54', '251.23/5.05', '253.75/2.54']);
    expect(instalments.map(({ number, dueDate }) => `${number} ${dueDate}`).slice(0, 2)).toEqual([
      '1 2026-01-01',
      '2 2026-02-01',
    ]);
    expect(instalments[0]?.balanceAfter).toBe(100_000n);
  });

  test('keeps to the payable step, and is of the first disbursement alone', () => {
    const given: GivenTerms = { ...six, downPaymentPercent: '25', instalmentMultiple: '10' };
    const { instalments } = scheduleOf(given, [
      ['2026-01-01', '1333.33'],
      ['2026-03-15', '500'],
    ]);
    expect(parts(instalments)[0]).toBe('330.00/0.00');
    expect(instalments).toHaveLength(7);
  });
});
