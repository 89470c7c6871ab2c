import { date } from '@tenor/calendar';
import { completeTerms, validateTerms } from '../../src/products/term-rules.ts';
import { defaultTerms, type FeeTerm, type GivenTerms, storedTerms } from '../../src/products/terms.ts';

const annuity: GivenTerms = {
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 6,
};

function fault(given: GivenTerms, currency = 'USD'): string {
  const terms = completeTerms(given, currency);
  return 'refused' in terms ? `${terms.refused}: ${terms.detail}` : 'accepted';
}

describe('completing terms', () => {
  test('fills what was not given with the documented defaults', () => {
    expect(completeTerms({ ...annuity, dayCount: undefined }, 'USD')).toEqual({ ...defaultTerms, ...annuity });
    expect(defaultTerms).toMatchObject({
      annualRatePercent: null,
      flatRatePercent: null,
      flatRateBasis: 'whole_term',
      dayCount: '30/360',
      rounding: 'half_even',
      instalmentMultiple: null,
      emiSmoothing: true,
      firstDueDate: null,
    });
  });

  test('of a loan from before a term existed takes its default', () => {
    const stored = { interestMethod: 'none', frequency: { every: 1, unit: 'week' }, numberOfInstalments: 4 } as const;
    expect(storedTerms({ ...stored, rounding: 'up' })).toEqual({ ...defaultTerms, ...stored, rounding: 'up' });
  });

  test.each(['interestMethod', 'frequency', 'numberOfInstalments'] as const)('needs %s', (name) => {
    expect(completeTerms({ ...annuity, [name]: undefined }, 'USD')).toMatchObject({ refused: 'terms_invalid' });
  });
});

describe('terms that make no loan', () => {
  test.each<[string, GivenTerms]>([
    ['annual_rate_percent is needed', { annualRatePercent: null }],
    ['flat_rate_percent has no meaning in annuity', { flatRatePercent: '10' }],
    ['flat_rate_percent is needed', { interestMethod: 'flat', annualRatePercent: null }],
    ['annual_rate_percent has no meaning in none', { interestMethod: 'none' }],
    ['frequency with 6 instalments is longer', { frequency: { every: 201, unit: 'month' } }],
    ['instalment_multiple is no amount', { instalmentMultiple: '0.001' }],
  ])('are refused: %s', (detail, given) =>
    expect(fault({ ...annuity, ...given })).toContain(`terms_invalid: ${detail}`),
  );

  test.each<[string, GivenTerms]>([
    ['no interest at all', { annualRatePercent: '0' }],
    ['a hundred years', { numberOfInstalments: 1_200 }],
    ['a step of whole units', { instalmentMultiple: '1' }],
  ])('are not to be confused with %s', (_, given) => expect(fault({ ...annuity, ...given })).toBe('accepted'));

  test('are found in a copy of terms as well', () => {
    const terms = completeTerms(annuity, 'USD');
    if ('refused' in terms) throw new Error(terms.detail);
    expect(validateTerms(terms, 'USD')).toBeUndefined();
    expect(validateTerms({ ...terms, annualRatePercent: null }, 'USD')).toMatchObject({
      refused: 'terms_invalid',
      meta: { term: 'annual_rate_percent' },
    });
  });
});

/** Every method as it needs to be, so that a single further term is what is refused. */
const methods = {
  flat: { ...annuity, interestMethod: 'flat', annualRatePercent: null, flatRatePercent: '10' },
  annuity,
  equal_principal: { ...annuity, interestMethod: 'equal_principal' },
  bullet: { ...annuity, interestMethod: 'bullet' },
  balloon: { ...annuity, interestMethod: 'balloon', balloonAmount: '50.00' },
  fixed_instalment: {
    ...annuity,
    interestMethod: 'fixed_instalment',
    annualRatePercent: null,
    instalmentAmount: '20.00',
  },
  none: { ...annuity, interestMethod: 'none', annualRatePercent: null },
} as const satisfies Record<string, GivenTerms>;
type Method = keyof typeof methods;
const every = Object.keys(methods) as Method[];
const only = (...kept: Method[]): Method[] => every.filter((method) => !kept.includes(method));

describe('interest methods', () => {
  test.each(every)('%s takes what it needs', (method) => expect(fault(methods[method])).toBe('accepted'));

  test.each<[string, GivenTerms, Method[]]>([
    ['annual_rate_percent', { annualRatePercent: '5', flatRatePercent: null }, ['flat', 'none']],
    ['monthly_rate_percent', { annualRatePercent: null, monthlyRatePercent: '1' }, ['flat', 'none']],
    ['flat_rate_percent', { flatRatePercent: '5' }, only('flat')],
    ['flat_rate_basis', { flatRateBasis: 'per_annum' }, only('flat')],
    ['instalment_amount', { instalmentAmount: '30' }, only('fixed_instalment')],
    ['balloon_amount', { balloonAmount: '30' }, only('balloon')],
    ['bullet_interest', { bulletInterest: 'at_end' }, only('bullet')],
    ['instalment_multiple', { instalmentMultiple: '1' }, ['bullet', 'fixed_instalment']],
    ['principal_grace', { principalGrace: 1 }, ['bullet', 'fixed_instalment']],
    ['interest_grace', { interestGrace: 1 }, ['fixed_instalment', 'none']],
  ])('%s has a meaning in the others only', (term, given, without) => {
    for (const method of every) {
      const told = fault({ ...methods[method], ...given });
      const expected = `terms_invalid: ${term} has no meaning in ${method}.`;
      if (without.includes(method)) expect(told).toBe(expected);
      else expect(told).not.toContain(`${term} has no meaning`);
    }
  });

  test.each<[Method, string, GivenTerms]>([
    ['flat', 'flat_rate_percent', { flatRatePercent: null }],
    ['annuity', 'annual_rate_percent', { annualRatePercent: null }],
    ['equal_principal', 'annual_rate_percent', { annualRatePercent: null }],
    ['bullet', 'annual_rate_percent', { annualRatePercent: null }],
    ['balloon', 'annual_rate_percent', { annualRatePercent: null }],
    ['balloon', 'balloon_amount', { balloonAmount: null }],
    ['fixed_instalment', 'instalment_amount', { instalmentAmount: null }],
  ])('%s needs %s', (method, term, given) =>
    expect(fault({ ...methods[method], ...given })).toBe(`terms_invalid: ${term} is needed by ${method}.`),
  );

  test('state their rate once', () => {
    expect(fault({ ...annuity, monthlyRatePercent: '1' })).toContain('monthly_rate_percent says the rate again');
    expect(fault({ ...annuity, indexRate: index({}) })).toContain('index_rate says the rate again');
    expect(fault({ ...annuity, annualRatePercent: null, monthlyRatePercent: '1' })).toBe('accepted');
    expect(fault({ ...methods.fixed_instalment, annualRatePercent: '24' })).toBe('accepted');
  });
});

const index = (given: { margin?: string; values?: readonly (readonly [string, string])[] }) => ({
  index: 'SOFR',
  marginPercent: given.margin ?? '2',
  values: (given.values ?? [['2026-01-01', '4']]).map(([from, percent]) => ({ from: date(from), percent })),
});

describe('an index rate', () => {
  test.each<[string, Parameters<typeof index>[0]]>([
    ['has its value of 2026-01-01 not after that of 2026-01-01', twice('2026-01-01', '2026-01-01')],
    ['has its value of 2025-12-31 not after that of 2026-01-01', twice('2026-01-01', '2025-12-31')],
    ['with its margin must be from 0 to 10000, on 2026-01-01 too', { margin: '-4.01' }],
    ['with its margin must be from 0 to 10000, on 2026-01-01 too', { margin: '9996.5' }],
  ])('%s', (detail, given) =>
    expect(fault({ ...annuity, annualRatePercent: null, indexRate: index(given) })).toContain(
      `terms_invalid: index_rate ${detail}`,
    ),
  );

  test('may be below zero where the margin makes up for it, down to zero', () => {
    const indexRate = index({ margin: '0.5', values: [['2026-01-01', '-0.5']] });
    expect(fault({ ...annuity, annualRatePercent: null, indexRate })).toBe('accepted');
  });

  function twice(first: string, second: string): Parameters<typeof index>[0] {
    return {
      values: [
        [first, '4'],
        [second, '5'],
      ],
    };
  }
});

const fee = (given: Partial<FeeTerm>): FeeTerm => ({
  code: 'origination',
  charged: 'at_disbursement',
  amount: '25.00',
  percent: null,
  treatment: 'deducted',
  ...given,
});
const late = fee({ code: 'late', charged: 'on_event', treatment: null });
const monthly = fee({ charged: 'per_instalment', treatment: null, amount: '1' });
const tax = { interestPercent: '0', feePercent: '0', penaltyPercent: '0' };

describe('further terms that make no loan', () => {
  test.each<[string, GivenTerms]>([
    ['balloon_amount is no amount of USD', { ...methods.balloon, balloonAmount: '1.001' }],
    ['instalment_amount is no amount of USD', { ...methods.fixed_instalment, instalmentAmount: '1.001' }],
    ['number_of_instalments must be 2 or more in balloon', { ...methods.balloon, numberOfInstalments: 1 }],
    ['principal_grace must be at most 5', { principalGrace: 6 }],
    ['principal_grace must be at most 4', { ...methods.balloon, principalGrace: 5 }],
    ['interest_grace must be at most 5', { interestGrace: 6 }],
    [
      'interest_grace has no meaning where bullet_interest is at_end',
      { ...methods.bullet, bulletInterest: 'at_end', interestGrace: 1 },
    ],
    ['interest_grace_treatment has no meaning without interest_grace', { interestGraceTreatment: 'carried' }],
    ['business_day_rule has no meaning without a calendar', { businessDayRule: 'following' }],
    ['calendar has no meaning without a business_day_rule', { calendar: 'jakarta' }],
    ['calendar has no meaning', { calendar: 'jakarta', frequency: { every: 2, unit: 'day' } }],
    ['fees have origination twice', { fees: [fee({}), fee({ amount: '1' })] }],
    ['fees have origination, which needs an amount or a percent', { fees: [fee({ amount: null })] }],
    ['fees have origination, which has an amount and a percent', { fees: [fee({ percent: '1' })] }],
    ['fees have origination, which has no amount of USD', { fees: [fee({ amount: '0.001' })] }],
    ['fees have origination, which is charged at disbursement and needs', { fees: [fee({ treatment: null })] }],
    [
      'fees have origination, which is charged per instalment, where a treatment',
      { fees: [{ ...monthly, treatment: 'financed' }] },
    ],
    ['fees have late, which is charged on an event, where a treatment', { fees: [{ ...late, treatment: 'deducted' }] }],
    [
      'tax has an interest_percent, which has no meaning in none',
      { ...methods.none, tax: { ...tax, interestPercent: '1' } },
    ],
    [
      'tax has a fee_percent, which has no meaning without a fee per instalment or on an event',
      { fees: [fee({})], tax: { ...tax, feePercent: '1' } },
    ],
    [
      'down_payment_percent asks for more than the fees leave to pay out',
      { fees: [fee({ amount: null, percent: '30' })], downPaymentPercent: '70.1' },
    ],
    [
      'fees deduct all of the principal',
      {
        fees: [fee({ amount: null, percent: '60' }), fee({ code: 'insurance', amount: null, percent: '40' })],
      },
    ],
  ])('%s', (detail, given) => expect(fault({ ...annuity, ...given })).toContain(`terms_invalid: ${detail}`));

  test.each<[string, GivenTerms]>([
    [
      'grace on all instalments but the last',
      { principalGrace: 5, interestGrace: 5, interestGraceTreatment: 'carried' },
    ],
    ['a balloon after a payment of the rest', { ...methods.balloon, principalGrace: 4 }],
    ['a calendar with its rule', { calendar: 'jakarta', businessDayRule: 'modified_following' }],
    ['a calendar whose closed days a daily loan skips', { calendar: 'jakarta', frequency: { every: 1, unit: 'day' } }],
    [
      'a down payment, tranches and days before the first due date',
      {
        downPaymentPercent: '20',
        maximumDisbursements: 3,
        minimumDaysToFirstDue: 20,
      },
    ],
    ['a tax on penalties, which may be charged by hand', { tax: { ...tax, penaltyPercent: '0.5' } }],
    ['fees and taxes', { fees: [fee({}), { ...monthly, code: 'monthly' }], tax: { ...tax, interestPercent: '18' } }],
  ])('are not to be confused with %s', (_, given) => expect(fault({ ...annuity, ...given })).toBe('accepted'));
});
