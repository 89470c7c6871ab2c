import { completeTerms, type GivenTerms, MAX_INSTALMENTS, validateTerms } from '../../src/products/terms.ts';

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
    expect(completeTerms({ ...annuity, dayCount: undefined }, 'USD')).toEqual({
      interestMethod: 'annuity',
      annualRatePercent: '12',
      flatRatePercent: null,
      flatRateBasis: 'whole_term',
      frequency: { every: 1, unit: 'month' },
      numberOfInstalments: 6,
      dayCount: '30/360',
      rounding: 'half_even',
      instalmentMultiple: null,
      emiSmoothing: true,
      firstDueDate: null,
    });
  });

  test.each(['interestMethod', 'frequency', 'numberOfInstalments'] as const)('needs %s', (name) => {
    expect(completeTerms({ ...annuity, [name]: undefined }, 'USD')).toMatchObject({ refused: 'terms_invalid' });
  });
});

describe('terms that make no loan', () => {
  test.each<[string, GivenTerms]>([
    ['annual_rate_percent is needed', { annualRatePercent: null }],
    ['annual_rate_percent is not a decimal', { annualRatePercent: '12%' }],
    ['annual_rate_percent must be from 0', { annualRatePercent: '-0.01' }],
    ['annual_rate_percent must be from 0 to 10000', { annualRatePercent: '10000.1' }],
    ['annual_rate_percent has more than 10 decimals', { annualRatePercent: '1.00000000001' }],
    ['flat_rate_percent has no meaning in annuity', { flatRatePercent: '10' }],
    ['flat_rate_percent is needed', { interestMethod: 'flat', annualRatePercent: null }],
    ['annual_rate_percent has no meaning in none', { interestMethod: 'none' }],
    ['number_of_instalments must be', { numberOfInstalments: 0 }],
    ['number_of_instalments must be', { numberOfInstalments: 1.5 }],
    ['number_of_instalments must be', { numberOfInstalments: MAX_INSTALMENTS + 1 }],
    ['frequency must be every 1', { frequency: { every: 0, unit: 'month' } }],
    ['frequency with 6 instalments is longer', { frequency: { every: 201, unit: 'month' } }],
    ['instalment_multiple is no amount', { instalmentMultiple: '0' }],
    ['instalment_multiple is no amount', { instalmentMultiple: '-1' }],
    ['instalment_multiple is no amount', { instalmentMultiple: '0.001' }],
  ])('are refused: %s', (detail, given) =>
    expect(fault({ ...annuity, ...given })).toContain(`terms_invalid: ${detail}`),
  );

  test.each<[string, GivenTerms]>([
    ['no interest at all', { annualRatePercent: '0' }],
    ['the highest rate', { annualRatePercent: '10000' }],
    ['a hundred years', { numberOfInstalments: MAX_INSTALMENTS }],
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
