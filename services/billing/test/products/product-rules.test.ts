import { date } from '@tenor/calendar';
import { completePolicy, defaultPolicy, type GivenPolicy } from '../../src/products/policy.ts';
import type { Product } from '../../src/products/product.ts';
import { productFromJson, productToJson } from '../../src/products/product-json.ts';
import { validateProduct } from '../../src/products/product-rules.ts';
import { shippedProducts } from '../../src/products/shipped-products.ts';
import type { GivenTerms } from '../../src/products/terms.ts';

const yearly: GivenTerms = {
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 12,
};
const flat: GivenTerms = { ...yearly, interestMethod: 'flat', annualRatePercent: null, flatRatePercent: '10' };

type Given = Partial<Omit<Product, 'policy'>> & { readonly policy?: GivenPolicy };

const product = ({ policy = {}, ...given }: Given): Product => ({
  code: 'a-product',
  version: 1,
  name: 'A product',
  currency: 'USD',
  terms: yearly,
  overridable: [],
  validFrom: null,
  validTo: null,
  ...given,
  policy: completePolicy(policy),
});

const faultOf = (given: Given): string => {
  const refusal = validateProduct(product(given));
  if (refusal === undefined) return 'accepted';
  expect(refusal.refused).toBe('terms_invalid');
  return refusal.detail ?? '';
};

describe('a product as a whole', () => {
  test.each(shippedProducts.map((shipped) => [shipped.code, shipped] as const))('%s ships valid', (_code, shipped) =>
    expect(validateProduct(shipped)).toBeUndefined(),
  );

  test.each<[string, Given]>([
    ['interest_method is needed by every product', { terms: { ...yearly, interestMethod: undefined } }],
    ['frequency is missing and has no default', { terms: { ...yearly, frequency: undefined } }],
    ['number_of_instalments is missing and has no default', { terms: { ...yearly, numberOfInstalments: undefined } }],
    ['annual_rate_percent is needed by annuity', { terms: { ...yearly, annualRatePercent: undefined } }],
    ['balloon_amount is needed by balloon', { terms: { ...yearly, interestMethod: 'balloon' } }],
    ['flat_rate_percent has no meaning in annuity', { terms: { ...yearly, flatRatePercent: '10' } }],
    ['overridable has flat_rate_percent, which has no meaning in annuity', { overridable: ['flatRatePercent'] }],
    ['overridable has bullet_interest, which has no meaning in annuity', { overridable: ['bulletInterest'] }],
    ['overridable has business_day_rule, which has no meaning without calendar', { overridable: ['businessDayRule'] }],
    [
      'overridable has interest_grace_treatment, which has no meaning without interest_grace',
      { overridable: ['interestGraceTreatment'] },
    ],
    ['overridable has calendar, which has no meaning without business_day_rule', { overridable: ['calendar'] }],
    [
      'overridable has monthly_rate_percent, which no loan can give beside annual_rate_percent, which is fixed',
      { overridable: ['monthlyRatePercent'] },
    ],
    [
      'first_due_date must be 2026-02-02 or later, as no loan is made before 2026-02-01',
      { validFrom: date('2026-02-01'), terms: { ...yearly, firstDueDate: date('2026-02-01') } },
    ],
    [
      'first_due_date must be 2026-02-11 or later',
      {
        validFrom: date('2026-02-01'),
        terms: { ...yearly, firstDueDate: date('2026-02-10'), minimumDaysToFirstDue: 10 },
      },
    ],
    ['first_due_date must be 1900-01-02 or later', { terms: { ...yearly, firstDueDate: date('1900-01-01') } }],
    [
      'first_due_date makes each loan longer than 100 years',
      { validTo: date('2026-02-01'), terms: { ...yearly, firstDueDate: date('2125-03-02') } },
    ],
    ['valid_to is before valid_from', { validFrom: date('2026-02-01'), validTo: date('2026-01-31') }],
    [
      'principal_grace must be at most 2 with 3 instalments of annuity',
      {
        terms: { ...yearly, principalGrace: 3 },
        overridable: ['numberOfInstalments'],
        policy: { tenorBounds: { min: 3, max: 24 } },
      },
    ],
    ['number_of_instalments must be from 1 to 6 (product a-product)', { policy: { tenorBounds: { min: 1, max: 6 } } }],
    ['annual_rate_percent must be from 15 to 20', { policy: { rateBounds: { min: '15', max: '20' } } }],
    [
      'rate_bounds have no meaning in none',
      {
        terms: { ...yearly, interestMethod: 'none', annualRatePercent: null },
        policy: { rateBounds: { min: '1', max: '2' } },
      },
    ],
    [
      'rate_bounds have no meaning in index_rate',
      { overridable: ['annualRatePercent', 'indexRate'], policy: { rateBounds: { min: '1', max: '30' } } },
    ],
    [
      'rate_bounds are of one rate, but a loan may state annual_rate_percent or monthly_rate_percent',
      { overridable: ['annualRatePercent', 'monthlyRatePercent'], policy: { rateBounds: { min: '1', max: '30' } } },
    ],
    [
      'rate_bounds have no meaning in index_rate',
      {
        terms: {
          ...yearly,
          annualRatePercent: null,
          indexRate: { index: 'SOFR', marginPercent: '1', values: [{ from: date('2026-01-01'), percent: '4' }] },
        },
        policy: { rateBounds: { min: '1', max: '9' } },
      },
    ],
    [
      'principal_bounds allow 0.11, which makes no loan: 12 instalments need 0.12 USD or more to repay, not 0.11.',
      { policy: { principalBounds: { min: '0.01', max: '0.11' } } },
    ],
    [
      'principal_bounds allow 1199.99, which makes no loan: 12 instalments need 1200.00 USD or more',
      {
        terms: { ...yearly, instalmentMultiple: '100' },
        policy: { principalBounds: { min: '1199.99', max: '9000' } },
      },
    ],
    [
      'principal_bounds allow 624, which makes no loan: 12 instalments need 500.00 USD or more to repay, not 499.20',
      {
        terms: { ...yearly, interestMethod: 'balloon', balloonAmount: '500', downPaymentPercent: '20' },
        policy: { principalBounds: { min: '624', max: '9000' } },
      },
    ],
    [
      'principal_bounds allow 100, which makes no loan: down_payment_percent asks for more than is paid out on that day',
      {
        terms: {
          ...yearly,
          downPaymentPercent: '20',
          fees: [{ code: 'a', charged: 'at_disbursement', amount: '81', percent: null, treatment: 'deducted' }],
        },
        policy: { principalBounds: { min: '100', max: '9000' } },
      },
    ],
    [
      'principal_bounds allow 100, which makes no loan: fees leave nothing of a disbursement to pay out',
      {
        terms: {
          ...yearly,
          fees: [
            { code: 'a', charged: 'at_disbursement', amount: '50', percent: null, treatment: 'deducted' },
            { code: 'b', charged: 'at_disbursement', amount: null, percent: '50', treatment: 'deducted' },
          ],
        },
        policy: { principalBounds: { min: '100', max: '9000' } },
      },
    ],
  ])('is refused: %s', (fault, given) => expect(faultOf(given)).toContain(fault));

  test.each<[string, Given]>([
    ['a rate and a number of instalments', { terms: without('annualRatePercent', 'numberOfInstalments') }],
    ['a frequency', { terms: without('frequency') }],
    [
      'its interest method, with what another one needs',
      { overridable: ['interestMethod', 'annualRatePercent', 'flatRatePercent'] },
    ],
    ['a monthly rate', { terms: without('annualRatePercent'), overridable: ['monthlyRatePercent'] }],
    ['an index rate', { terms: without('annualRatePercent'), overridable: ['indexRate'] }],
    ['a flat rate', { terms: { ...flat, flatRatePercent: undefined }, overridable: ['flatRatePercent'] }],
    ['a balloon', { terms: { ...yearly, interestMethod: 'balloon' }, overridable: ['balloonAmount'] }],
    ['the calendar of a rule', { terms: { ...yearly, businessDayRule: 'following' }, overridable: ['calendar'] }],
    [
      'the grace of a treatment',
      { terms: { ...yearly, interestGraceTreatment: 'carried' }, overridable: ['interestGrace'] },
    ],
    ['a treatment and the grace that it treats', { overridable: ['interestGraceTreatment', 'interestGrace'] }],
    [
      'the calendar of a daily loan',
      { terms: { ...yearly, frequency: { every: 1, unit: 'day' } }, overridable: ['calendar'] },
    ],
    ['a calendar and its rule', { overridable: ['calendar', 'businessDayRule'] }],
    ['a rate beside another, which it can take away', { overridable: ['annualRatePercent', 'monthlyRatePercent'] }],
    [
      'the fees of a tax',
      {
        terms: { ...yearly, tax: { interestPercent: '0', feePercent: '5', penaltyPercent: '0' } },
        overridable: ['fees'],
      },
    ],
    [
      'a number of instalments that suits its least principal',
      {
        terms: { ...without('numberOfInstalments'), instalmentMultiple: '100' },
        overridable: ['numberOfInstalments'],
        policy: { principalBounds: { min: '300', max: '6000' }, tenorBounds: { min: 3, max: 60 } },
      },
    ],
    [
      'a balloon of its least principal',
      {
        terms: { ...yearly, interestMethod: 'balloon', balloonAmount: '500' },
        policy: { principalBounds: { min: '500', max: '9000' } },
      },
    ],
    [
      'a first due date after the day from which it is valid',
      { validFrom: date('2026-02-01'), terms: { ...yearly, firstDueDate: date('2026-02-02') } },
    ],
    ['a long grace on a tenor', { terms: { ...without('numberOfInstalments'), principalGrace: 30 } }],
  ])('may leave to the loan %s', (_, given) => {
    const left = ['annualRatePercent', 'numberOfInstalments', 'frequency'] as const;
    expect(faultOf({ overridable: [...left], ...given })).toBe('accepted');
  });

  function without(...names: readonly (keyof GivenTerms)[]): GivenTerms {
    return { ...yearly, ...Object.fromEntries(names.map((name) => [name, undefined])) };
  }
});

const penalty = { percentPerDay: '0.1', graceDays: 3 };
const invalid = (term: string, fault: string) => ({
  refused: 'terms_invalid',
  detail: `${term} ${fault}.`,
  meta: { term },
});

describe('a policy', () => {
  test.each<[string, string, GivenPolicy]>([
    ['settlement.small_balance_tolerance', 'is no amount of USD', { settlement: { smallBalanceTolerance: '0.001' } }],
    ['penalty.amount', 'is no amount of USD', { penalty: { amount: '0.001' } }],
    ['penalty.cap', 'is no amount of USD', { penalty: { ...penalty, cap: '0.001' } }],
    ['delinquency.tolerance', 'is no amount of USD', { delinquency: { tolerance: '0.001' } }],
    ['principal_bounds.min', 'is no amount of USD', { principalBounds: { min: '0.001', max: '5' } }],
    ['principal_bounds.max', 'is no amount of USD', { principalBounds: { min: '1', max: '5.001' } }],
    [
      'settlement.early_settlement_rebate',
      'has a meaning in flat only',
      { settlement: { earlySettlementRebate: 'pro_rata' } },
    ],
    ['time_zone', 'is no IANA time zone', { timeZone: 'Mars/Olympus' }],
    ['time_zone', 'is no IANA time zone', { timeZone: '+05:30' }],
    [
      'disburse_on_approval',
      'has no meaning where loans are approved and paid out when they are opened',
      { disburseOnApproval: true },
    ],
    ['penalty', 'needs an amount or a percent_per_day, and not both', { penalty: { ...penalty, amount: '5' } }],
    ['penalty', 'needs an amount or a percent_per_day, and not both', { penalty: { graceDays: 3 } }],
    ['delinquency.buckets', 'must rise', { delinquency: { buckets: [30, 30] } }],
    [
      'delinquency.accrual_again_after_days',
      'has no meaning without non_accrual_after_days',
      { delinquency: { accrualAgainAfterDays: 90 } },
    ],
    [
      'advance_payment',
      'has a meaning under payment_policy any only, which takes money before it is due',
      { advancePayment: 'reduce_term', paymentPolicy: 'exact' },
    ],
    [
      'advance_payment',
      'has a meaning under payment_policy any only, which takes money before it is due',
      { advancePayment: 'reduce_instalment', paymentPolicy: 'partial' },
    ],
    ['principal_bounds', 'have their min above their max', { principalBounds: { min: '6', max: '5' } }],
    ['tenor_bounds', 'have their min above their max', { tenorBounds: { min: 6, max: 5 } }],
    ['rate_bounds', 'have their min above their max', { rateBounds: { min: '6', max: '5' } }],
  ])('is refused that contradicts itself: %s %s', (term, fault, policy) =>
    expect(validateProduct(product({ policy }))).toEqual(invalid(term, fault)),
  );

  test.each([
    ['reduce_instalment', 'balloon', 'has no meaning in balloon, whose last principal is agreed'],
    ['reduce_term', 'bullet', 'cannot reduce the term in bullet, which repays its principal on the last day'],
  ] as const)('is refused that lets a payment %s of a %s', (advancePayment, interestMethod, fault) => {
    const policy = { paymentPolicy: 'any', advancePayment } as const;
    expect(validateProduct(product({ terms: { ...flat, interestMethod }, policy }))).toEqual(
      invalid('advance_payment', fault),
    );
  });

  test.each(['cash', 'on_due', 'daily'] as const)(
    'may say that income is earned %s, and when it is no more',
    (accrual) => {
      const delinquency = { nonAccrualAfterDays: 90, accrualAgainAfterDays: 30 };
      expect(faultOf({ policy: { accrual, delinquency } })).toBe('accepted');
    },
  );

  test('may say in so many words what is done anyhow', () => {
    const { advancePayment, allocationOrder, penalty: none, lateInterest, accrual } = defaultPolicy;
    const settlement = { ...defaultPolicy.settlement, smallBalanceTolerance: '0.00' };
    const policy = { advancePayment, allocationOrder, penalty: none, lateInterest, accrual, settlement };
    expect(faultOf({ policy })).toBe('accepted');
  });

  test('is completed group by group, so that one from before a field existed has its default', () => {
    const older = { paymentPolicy: 'exact', delinquency: { consecutiveMissed: 3 } } as const;
    expect(completePolicy(older)).toEqual({
      ...defaultPolicy,
      paymentPolicy: 'exact',
      delinquency: { ...defaultPolicy.delinquency, consecutiveMissed: 3 },
    });
  });
});

test.each(shippedProducts.map((shipped) => [shipped.code, shipped] as const))(
  '%s told in JSON and read again is the same',
  (_code, shipped) => {
    const { version: _version, ...told } = productToJson(shipped) as { version: number };
    expect({ ...productFromJson(told), version: 1 }).toEqual(shipped);
  },
);
