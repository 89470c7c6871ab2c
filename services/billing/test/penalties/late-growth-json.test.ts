import { date } from '@tenor/calendar';
import { loanOpened, loanRestructured } from '@tenor/contracts';
import { lateGrowthJson } from '../../src/penalties/late-growth-json.ts';
import { defaultPenalty } from '../../src/products/policy.ts';
import type { Terms } from '../../src/products/terms.ts';
import { withRateFrom } from '../../src/schedules/yearly-rate.ts';
import { plainTerms, policyWith } from '../builders.ts';

const rated: Terms = {
  ...plainTerms(3),
  interestMethod: 'equal_principal',
  annualRatePercent: '12.5',
  dayCount: 'act/360',
};
const told = (policy: Partial<ReturnType<typeof policyWith>>, terms: Terms = rated) =>
  lateGrowthJson({
    terms,
    policy: { ...policyWith(), penalty: null, lateInterest: false, ...policy },
    currency: 'USD',
  });

describe('how late instalments grow, as events tell it', () => {
  const none = { amount: null, percent_per_day: null, grace_days: 0, cap: null };

  test.each([
    { policy: { penalty: { ...defaultPenalty, amount: '5' } }, penalty: { ...none, amount: '5.00' } },
    {
      policy: { penalty: { ...defaultPenalty, percentPerDay: '0.1', graceDays: 3, cap: '2.5' } },
      penalty: { ...none, percent_per_day: '0.1', grace_days: 3, cap: '2.50' },
    },
  ])('a penalty: $penalty', ({ policy, penalty }) => {
    const growth = told(policy);
    expect(growth).toEqual({ penalty, interest: null });
    expect(loanOpened.checkData({ ...loanOpened.example, late_growth: growth })).toBeUndefined();
    expect(loanRestructured.checkData({ ...loanRestructured.example, late_growth: growth })).toBeUndefined();
  });

  test.each([
    { terms: rated, percent: '12.5' },
    { terms: { ...rated, annualRatePercent: null, monthlyRatePercent: '1.5' }, percent: '18' },
    { terms: withRateFrom(rated, date('2026-05-01'), '20.25'), percent: '20.25' },
    { terms: withRateFrom(rated, date('2026-05-01'), '9'), percent: '12.5' },
  ])('late interest at the highest of its rates: $percent', ({ terms, percent }) =>
    expect(told({ lateInterest: true }, terms)).toEqual({
      penalty: null,
      interest: { percent_per_year: percent, year_days: 360 },
    }),
  );

  test('with the tax that comes on top of each', () => {
    const tax = { interestPercent: '18', feePercent: '12', penaltyPercent: '7.5' };
    const growth = told({ lateInterest: true, penalty: { ...defaultPenalty, amount: '5' } }, { ...rated, tax });
    expect(growth).toMatchObject({ penalty: { tax_percent: '7.5' }, interest: { tax_percent: '18' } });
    expect(loanOpened.checkData({ ...loanOpened.example, late_growth: growth })).toBeUndefined();
  });

  test('nothing where nothing grows', () =>
    expect([told({}), told({ lateInterest: true }, { ...rated, interestMethod: 'none' })]).toEqual([
      undefined,
      undefined,
    ]));
});
