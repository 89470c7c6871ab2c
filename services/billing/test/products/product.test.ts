import { date } from '@tenor/calendar';
import { money } from '@tenor/money';
import { checkPrincipal, isValidOn, notValid, type Product, termsFor } from '../../src/products/product.ts';
import { shippedProducts } from '../../src/products/shipped-products.ts';
import { completeTerms } from '../../src/products/term-rules.ts';
import type { GivenTerms } from '../../src/products/terms.ts';

function shipped(code: string): Product {
  const product = shippedProducts.find((one) => one.code === code);
  if (product === undefined) throw new Error(`${code} does not ship`);
  return product;
}

const bounded: Product = {
  ...shipped('monthly-annuity'),
  policy: {
    ...shipped('monthly-annuity').policy,
    principalBounds: { min: '100', max: '5000.00' },
    tenorBounds: { min: 3, max: 24 },
    rateBounds: { min: '9.5', max: '36' },
  },
};

describe('the products that ship', () => {
  test.each([
    ['weekly-flat-50', 'IDR', 'exact', 'credit'],
    ['monthly-annuity', 'INR', 'any', 'credit'],
    ['open-30-weeks', 'USD', 'any', 'reject'],
    ['credit-annuity', 'INR', 'any', 'credit'],
    ['scored', 'KES', 'any', 'credit'],
    ['imported', 'INR', 'any', 'credit'],
  ])('%s lends %s, takes payments %s, overpayment %s', (code, currency, paymentPolicy, overpayment) => {
    expect(shipped(code)).toMatchObject({ version: 1, currency, policy: { paymentPolicy, overpayment } });
  });

  test('give whole terms once what they need is given', () => {
    const needs: Record<string, GivenTerms> = {
      'monthly-annuity': { annualRatePercent: '10.5', numberOfInstalments: 12 },
      'credit-annuity': { annualRatePercent: '10.5', numberOfInstalments: 12 },
      imported: { annualRatePercent: '10.5', instalmentAmount: '900.00', numberOfInstalments: 12 },
    };
    for (const product of shippedProducts) {
      expect(termsFor(product, needs[product.code] ?? {})).not.toHaveProperty('refused');
    }
  });

  test('fix the weekly loan at fifty weeks and ten per cent of the whole term', () => {
    expect(termsFor(shipped('weekly-flat-50'), { firstDueDate: date('2026-01-08') })).toMatchObject({
      interestMethod: 'flat',
      flatRatePercent: '10',
      flatRateBasis: 'whole_term',
      frequency: { every: 1, unit: 'week' },
      numberOfInstalments: 50,
      firstDueDate: '2026-01-08',
    });
  });
});

describe('the dates of a product', () => {
  const dated = { ...shipped('open-30-weeks'), validFrom: date('2026-01-01'), validTo: date('2026-06-30') };

  test.each([
    ['2025-12-31', false],
    ['2026-01-01', true],
    ['2026-06-30', true],
    ['2026-07-01', false],
  ])('on %s it is valid: %s', (on, valid) => expect(isValidOn(dated, date(on))).toBe(valid));

  test('may be open at both ends', () => expect(isValidOn(shipped('open-30-weeks'), date('1900-01-01'))).toBe(true));

  test('are told with the refusal', () =>
    expect(notValid({ ...dated, validFrom: null }, date('2026-07-01'))).toEqual({
      refused: 'product_not_valid',
      detail: 'open-30-weeks is valid to 2026-06-30, not on 2026-07-01.',
      meta: { product: 'open-30-weeks', valid_from: null, valid_to: '2026-06-30', on: '2026-07-01' },
    }));
});

describe('terms of a loan', () => {
  test.each<[string, string, GivenTerms, string]>([
    ['number_of_instalments', 'weekly-flat-50', { numberOfInstalments: 50 }, 'terms_not_allowed'],
    ['first_due_date', 'scored', { firstDueDate: date('2026-01-08') }, 'terms_not_allowed'],
    ['emi_smoothing', 'monthly-annuity', { emiSmoothing: true }, 'terms_not_allowed'],
    ['annual_rate_percent', 'monthly-annuity', { numberOfInstalments: 12 }, 'terms_invalid'],
    ['number_of_instalments', 'monthly-annuity', { annualRatePercent: '10' }, 'terms_invalid'],
  ])('are refused over %s of %s', (term, code, given, refused) => {
    expect(termsFor(shipped(code), given)).toMatchObject({ refused, meta: { term } });
  });

  test.each<[string, GivenTerms]>([
    ['number_of_instalments', { annualRatePercent: '10', numberOfInstalments: 2 }],
    ['number_of_instalments', { annualRatePercent: '10', numberOfInstalments: 25 }],
    ['annual_rate_percent', { annualRatePercent: '9.49', numberOfInstalments: 12 }],
    ['annual_rate_percent', { annualRatePercent: '36.01', numberOfInstalments: 12 }],
  ])('are refused when %s is outside the bounds', (term, given) => {
    expect(termsFor(bounded, given)).toMatchObject({ refused: 'terms_not_allowed', meta: { term } });
  });

  test.each<[string, GivenTerms]>([
    ['no interest', { interestMethod: 'none', annualRatePercent: null }],
    [
      'a rate that computes nothing',
      { interestMethod: 'fixed_instalment', annualRatePercent: '12', instalmentAmount: '1' },
    ],
    [
      'an index',
      {
        annualRatePercent: null,
        indexRate: { index: 'ANY', marginPercent: '1', values: [{ from: date('2026-01-01'), percent: '1' }] },
      },
    ],
  ])('do not get round the bounds of the rate by %s', (_, given) => {
    const overridable = [...bounded.overridable, 'interestMethod', 'instalmentAmount', 'indexRate'] as const;
    const answer = termsFor({ ...bounded, overridable }, { numberOfInstalments: 12, ...given });
    expect(answer).toMatchObject({
      refused: 'terms_not_allowed',
      detail: 'interest_method must be one with a rate from 9.5 to 36 (product monthly-annuity).',
    });
  });

  test('may sit on the bounds', () => {
    for (const [annualRatePercent, numberOfInstalments] of [
      ['9.50', 3],
      ['36.0', 24],
    ] as const) {
      const terms = termsFor(bounded, { annualRatePercent, numberOfInstalments });
      expect(terms).toMatchObject({ annualRatePercent, numberOfInstalments, emiSmoothing: false });
    }
  });

  test('take a term left undefined as not given', () => {
    const given = { annualRatePercent: '10', numberOfInstalments: 12 };
    const terms = termsFor(shipped('monthly-annuity'), { ...given, rounding: undefined, dayCount: undefined });
    expect(terms).toEqual(completeTerms({ ...shipped('monthly-annuity').terms, ...given }, 'INR'));
  });
});

describe('the principal', () => {
  test.each([
    [money(9_999n, 'INR'), 'principal_out_of_bounds'],
    [money(500_001n, 'INR'), 'principal_out_of_bounds'],
    [money(10_000n, 'USD'), 'currency_mismatch'],
  ])('%p is refused', (principal, refused) => expect(checkPrincipal(bounded, principal)).toMatchObject({ refused }));

  test('is accepted on the bounds, and at any size without bounds', () => {
    expect(checkPrincipal(bounded, money(10_000n, 'INR'))).toBeUndefined();
    expect(checkPrincipal(bounded, money(500_000n, 'INR'))).toBeUndefined();
    expect(checkPrincipal(shipped('open-30-weeks'), money(1n, 'USD'))).toBeUndefined();
  });
});
