import type { FeeTerm, GivenTerms } from '../../src/products/terms.ts';
import { amount, parts, planned, scheduleOf } from './plans.ts';

const four: GivenTerms = {
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 4,
};
const origination = { code: 'origination', charged: 'at_disbursement', amount: null, percent: null } as const;
const insurance: FeeTerm = {
  code: 'insurance',
  charged: 'per_instalment',
  amount: '1.50',
  percent: null,
  treatment: null,
};
const account: FeeTerm = {
  code: 'account',
  charged: 'per_instalment',
  amount: null,
  percent: '0.125',
  treatment: null,
};
const once = [['2026-01-01', '1000']] as const;

describe('a fee at disbursement', () => {
  test('that is deducted changes the money paid out and no instalment', () => {
    const fees: FeeTerm[] = [{ ...origination, percent: '2.5', treatment: 'deducted' }];
    const { instalments, ...sums } = scheduleOf({ ...four, fees }, once);
    expect(instalments).toEqual(scheduleOf(four, once).instalments);
    expect(sums).toEqual({
      principal: 100_000n,
      deductedFees: 2_500n,
      financedFees: 0n,
      netDisbursed: 97_500n,
      paidOut: [{ on: '2026-01-01', amount: 97_500n }],
    });
  });

  test('that is financed is lent on top, and bears interest', () => {
    const fees: FeeTerm[] = [{ ...origination, amount: '25', treatment: 'financed' }];
    const { instalments, ...sums } = scheduleOf({ ...four, fees }, [['2026-01-01', '975']]);
    expect(instalments).toEqual(scheduleOf(four, once).instalments);
    expect(sums).toMatchObject({ principal: 100_000n, financedFees: 2_500n, netDisbursed: 97_500n });
  });

  test('is taken with each disbursement where it is a percentage, else with the first', () => {
    const fees: FeeTerm[] = [
      { ...origination, percent: '2', treatment: 'deducted' },
      { ...origination, code: 'stamp', amount: '10', treatment: 'deducted' },
    ];
    const twice = [...once, ['2026-02-15', '500']] as const;
    expect(scheduleOf({ ...four, fees, maximumDisbursements: 2 }, twice)).toMatchObject({
      deductedFees: 4_000n,
      paidOut: [{ amount: 97_000n }, { on: '2026-02-15', amount: 49_000n }],
    });
  });

  test('is refused where it leaves nothing to pay out', () => {
    const fees: FeeTerm[] = [{ ...origination, amount: '1000', treatment: 'deducted' }];
    expect(planned({ ...four, fees }, once)).toMatchObject({ refused: 'terms_invalid', meta: { term: 'fees' } });
  });
});

describe('a principal that the instalments cannot repay', () => {
  const kept = (amount: string): FeeTerm => ({ ...origination, amount, treatment: 'deducted' });
  test.each<[string, GivenTerms, string, object]>([
    ['one minor unit each, after a down payment', { downPaymentPercent: '50' }, '0.07', small('0.04')],
    ['a step each', { instalmentMultiple: '50' }, '199.99', small('200.00')],
    ['a step each that is not in grace', { instalmentMultiple: '50', principalGrace: 2 }, '99.99', small('100.00')],
    [
      'a step each, after a down payment',
      { instalmentMultiple: '50', downPaymentPercent: '20' },
      '220',
      small('200.00'),
    ],
    [
      'a step each on top of the balloon',
      { interestMethod: 'balloon', balloonAmount: '100', instalmentMultiple: '50' },
      '249.99',
      small('250.00'),
    ],
    [
      'as much paid out as is paid down at once',
      { downPaymentPercent: '20', fees: [kept('801')] },
      '1000',
      { refused: 'terms_invalid', meta: { term: 'down_payment_percent' } },
    ],
  ])('is refused: %s', (_, given, principal, refusal) => {
    expect(planned({ ...four, ...given }, [['2026-01-01', principal]])).toMatchObject(refusal);
  });

  test.each<[string, GivenTerms, string]>([
    ['one minor unit each, after a down payment', { downPaymentPercent: '50' }, '0.08'],
    ['a step each', { instalmentMultiple: '50' }, '200'],
    ['a step each that is not in grace', { instalmentMultiple: '50', principalGrace: 2 }, '100'],
    [
      'a step each on top of the balloon',
      { interestMethod: 'balloon', balloonAmount: '100', instalmentMultiple: '50' },
      '250',
    ],
    ['as much paid out as is paid down at once', { downPaymentPercent: '20', fees: [kept('800')] }, '1000'],
  ])('is not to be confused with %s', (_, given, principal) => {
    expect(planned({ ...four, ...given }, [['2026-01-01', principal]])).not.toHaveProperty('refused');
  });

  function small(min: string) {
    return { refused: 'principal_out_of_bounds', meta: { min, currency: 'USD' } };
  }
});

describe('a fee of each instalment', () => {
  test('is an amount or a part of the principal, and not of a down payment', () => {
    const given: GivenTerms = { ...four, fees: [insurance, account], downPaymentPercent: '10' };
    const { instalments } = scheduleOf(given, once);
    expect(instalments.map(({ fee }) => amount(fee))).toEqual(['0.00', '2.75', '2.75', '2.75', '2.75']);
  });

  test('grows with what is paid out', () => {
    const given: GivenTerms = { ...four, fees: [account], maximumDisbursements: 2 };
    const { instalments } = scheduleOf(given, [...once, ['2026-02-15', '1000']]);
    expect(instalments.map(({ fee }) => amount(fee))).toEqual(['1.25', '2.50', '2.50', '2.50']);
  });
});

test('tax on interest and fees is part of the fee, each rounded for itself', () => {
  const tax = { interestPercent: '15', feePercent: '7.5', penaltyPercent: '0' };
  const { instalments } = scheduleOf({ ...four, fees: [insurance], tax }, once);
  expect(parts(instalments)).toEqual(['246.28/10.00', '248.74/7.54', '251.23/5.05', '253.75/2.54']);
  // 1.50 and 0.11 on it, and 15 % of 10.00, 7.54, 5.05 and 2.54.
  expect(instalments.map(({ fee }) => amount(fee))).toEqual(['3.11', '2.74', '2.37', '1.99']);
});
