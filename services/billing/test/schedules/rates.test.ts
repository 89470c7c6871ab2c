import { date } from '@tenor/calendar';
import { fraction } from '@tenor/money';
import { completeTerms } from '../../src/products/term-rules.ts';
import type { GivenTerms } from '../../src/products/terms.ts';
import { withRateFrom, type YearlyRate, yearlyRates } from '../../src/schedules/yearly-rate.ts';
import { amount, parts, plan } from './plans.ts';

const three: GivenTerms = {
  interestMethod: 'annuity',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 3,
  dayCount: 'act/365',
};
const sofr = (...values: [from: string, percent: string][]): GivenTerms => ({
  indexRate: {
    index: 'SOFR',
    marginPercent: '2',
    values: values.map(([from, percent]) => ({ from: date(from), percent })),
  },
});

test('a rate per month is twelve times as much per year', () => {
  const four: GivenTerms = { ...three, dayCount: '30/360', numberOfInstalments: 4 };
  const expected = ['2911.49/240.00', '2969.72/181.77', '3029.11/122.38', '3089.68/61.79'];
  expect(parts(plan({ ...four, monthlyRatePercent: '2' }, '12000'))).toEqual(expected);
  expect(parts(plan({ ...four, annualRatePercent: '24' }, '12000'))).toEqual(expected);
});

describe('an index rate', () => {
  test('changes inside a period on its day, and the instalments stay equal', () => {
    const given = { ...three, ...sofr(['2025-12-01', '4'], ['2026-02-16', '5.5']) };
    // February: 15 days at 6 % and 13 at 7.5 %, summed before rounding.
    expect(parts(plan(given, '1200'))).toEqual(['398.15/6.12', '400.15/4.12', '401.70/2.56']);
  });

  test.each([
    { values: [['2026-01-01', '4']], because: 'it holds from the first day' },
    { values: [['2027-01-01', '4']], because: 'the first value counts from ever' },
    {
      values: [
        ['2020-01-01', '9'],
        ['2025-12-31', '4'],
      ],
      because: 'the last one before the loan counts',
    },
    {
      values: [
        ['2025-01-01', '4'],
        ['2026-02-16', '4'],
        ['2026-04-01', '9'],
      ],
      because: 'the same value changes nothing',
    },
  ] as { values: [string, string][]; because: string }[])('is 6 % where $because', ({ values }) => {
    for (const dayCount of ['act/365', '30/360'] as const) {
      const stated = plan({ ...three, dayCount, annualRatePercent: '6' }, '1200');
      expect(plan({ ...three, dayCount, ...sofr(...values) }, '1200')).toEqual(stated);
    }
  });

  test('is summed unrounded inside a period', () => {
    const bullet: GivenTerms = { ...three, interestMethod: 'bullet', numberOfInstalments: 1, dayCount: '30/360' };
    // 0.50 at 6 % is 0.25 of a cent for each half of the month, at 18 % three times as much: one cent together.
    const given = { ...bullet, ...sofr(['2026-01-01', '10'], ['2026-02-15', '34']) };
    expect(amount(plan(given, '0.50', '2026-02-01')[0]?.interest ?? 0n)).toBe('0.01');
  });
});

describe('another rate from a day on', () => {
  const day = date('2026-02-16');
  const changed = (given: GivenTerms) => {
    const terms = completeTerms({ ...three, ...given }, 'USD');
    if ('refused' in terms) throw new Error(terms.refused);
    return yearlyRates(withRateFrom(terms, day, '7.25'));
  };
  const rate = (percent: bigint, from: string): YearlyRate => ({ from: date(from), rate: fraction(percent, 10_000n) });

  test.each<{ before: string; given: GivenTerms; rates: readonly YearlyRate[] }>([
    { before: 'per year', given: { annualRatePercent: '9.5' }, rates: [rate(950n, '2026-02-15')] },
    { before: 'per month', given: { monthlyRatePercent: '0.75' }, rates: [rate(900n, '2026-02-15')] },
    {
      before: 'that an index is to have later, which counts from ever,',
      given: sofr(['2026-03-01', '4']),
      rates: [rate(600n, '2026-02-15')],
    },
    {
      before: 'of an index',
      given: sofr(['2025-12-01', '4'], ['2026-02-01', '5.5'], ['2026-03-01', '9']),
      rates: [rate(600n, '2025-12-01'), rate(750n, '2026-02-01')],
    },
  ])('keeps the rate $before until then', ({ given, rates }) => {
    expect(changed(given)).toEqual([...rates, rate(725n, '2026-02-16')]);
  });
});
