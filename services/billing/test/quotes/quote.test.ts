import type { FeeTerm, GivenTerms } from '../../src/products/terms.ts';
import { cheapest } from '../../src/quotes/quote.ts';
import { quoteJson } from '../../src/quotes/quote-json.ts';
import { quoted } from './quotes.ts';

const monthly = { every: 1, unit: 'month' } as const;
const annuity = (annualRatePercent: string, numberOfInstalments: number): GivenTerms => ({
  interestMethod: 'annuity',
  annualRatePercent,
  frequency: monthly,
  numberOfInstalments,
});
const fee = (given: Partial<FeeTerm>): FeeTerm => ({
  code: 'fee',
  charged: 'at_disbursement',
  amount: null,
  percent: null,
  treatment: null,
  ...given,
});

describe('what a quote costs', () => {
  const rows: readonly {
    readonly because: string;
    readonly terms: GivenTerms;
    readonly expected: Readonly<Record<string, unknown>>;
  }[] = [
    {
      because: 'without fees, interest alone',
      terms: annuity('12', 60),
      expected: {
        total_fees: '0.00',
        net_disbursed: '10000.00',
        principal: '10000.00',
        apr: { reg_z: '12.00', eu: '12.68' },
      },
    },
    {
      because: 'a fee that is kept back costs as much as one that is paid at once',
      terms: { ...annuity('12', 60), fees: [fee({ percent: '2', treatment: 'deducted' })] },
      expected: {
        total_fees: '200.00',
        deducted_fees: '200.00',
        net_disbursed: '9800.00',
        principal: '10000.00',
        apr: { reg_z: '12.89' },
      },
    },
    {
      because: 'a fee that is lent on top bears interest too',
      terms: { ...annuity('12', 60), fees: [fee({ percent: '2', treatment: 'financed' })] },
      expected: {
        total_fees: '200.00',
        financed_fees: '200.00',
        net_disbursed: '10000.00',
        principal: '10200.00',
        apr: { reg_z: '12.88' },
      },
    },
    {
      because: 'a fee with each instalment is paid with it',
      terms: { ...annuity('12', 60), fees: [fee({ amount: '5', charged: 'per_instalment' })] },
      expected: { total_fees: '300.00', net_disbursed: '10000.00', apr: { reg_z: '12.98' } },
    },
    {
      because: 'a down payment of nothing but principal leaves the rate as it is',
      terms: { ...annuity('12', 60), downPaymentPercent: '20' },
      expected: { total_fees: '0.00', net_disbursed: '10000.00', apr: { reg_z: '12.00', eu: '12.68' } },
    },
  ];
  test.each(rows)('$because', ({ terms, expected }) => {
    expect(quoteJson(quoted(terms, [['2026-01-01', '10000']]))).toMatchObject(expected);
  });

  test('is what is paid above what is received', () => {
    const terms = {
      ...annuity('12', 24),
      fees: [
        fee({ code: 'one', percent: '2', treatment: 'deducted' }),
        fee({ code: 'two', amount: '30', treatment: 'financed' }),
        fee({ code: 'three', amount: '1.50', charged: 'per_instalment' }),
      ],
      tax: { interestPercent: '18', feePercent: '18', penaltyPercent: '0' },
      maximumDisbursements: 2,
    } satisfies GivenTerms;
    const { total, totalCost, totalFees, totalInterest, netDisbursed } = quoted(terms, [
      ['2026-01-01', '1000'],
      ['2026-04-15', '500'],
    ]);
    expect(totalCost).toBe(total - netDisbursed);
    expect(totalCost).toBe(totalInterest + totalFees);
    expect(netDisbursed).toBe(147_000n);
  });

  test('of the European example: 200,000 with 4,000 kept back, 240 months of 1,432.86', () => {
    const terms = { ...annuity('6', 240), fees: [fee({ amount: '4000', treatment: 'deducted' })] };
    const { apr, instalments } = quoted(terms, [['2020-01-01', '200000']]);
    expect(instalments[0]?.principal).toBe(43_286n);
    expect(apr.eu).toBe('6.43');
  });

  test('counts each disbursement from its day', () => {
    const terms = { ...annuity('12', 12), maximumDisbursements: 2 };
    const split = quoted(terms, [
      ['2026-01-01', '600'],
      ['2026-04-01', '400'],
    ]);
    expect(quoteJson(split)).toMatchObject({
      disbursed_on: '2026-01-01',
      disbursements: [
        { on: '2026-01-01', amount: '600.00', paid_out: '600.00' },
        { on: '2026-04-01', amount: '400.00', paid_out: '400.00' },
      ],
      apr: { reg_z: '12.00' },
    });
  });
});

describe('the cheapest of several offers', () => {
  const rated = (...rates: (string | null)[]) =>
    rates.map((rate) => ({ apr: { reg_z: rate, eu: rate, reason: rate === null ? ('too_high' as const) : null } }));
  test.each([
    { offers: rated('9.99', '10.00', '9.98'), expected: 2 },
    { offers: rated('10.00', '9.00', '9.00'), expected: 1 },
    { offers: rated(null, '100.00', '99.99'), expected: 2 },
    { offers: rated(null), expected: null },
  ])('is $expected', ({ offers, expected }) => expect(cheapest(offers)).toBe(expected));
});
