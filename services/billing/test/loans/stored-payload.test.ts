import { payloadOf, storedPayload } from '../../src/loans/stored-payload.ts';
import { shippedProducts } from '../../src/products/shipped-products.ts';
import { shipped, weeklyTerms } from '../builders.ts';

describe('a stored payload', () => {
  test('has snake_case keys at every depth and untouched values', () => {
    expect(
      storedPayload({ paymentId: 'aB_c', externalRef: null, terms: { dayCount: '30/360', list: [{ aB: 1 }] } }),
    ).toEqual({
      payment_id: 'aB_c',
      external_ref: null,
      terms: { day_count: '30/360', list: [{ a_b: 1 }] },
    });
  });

  test.each(shippedProducts.map((product) => [product.code, product] as const))(
    'of %s comes back as it was',
    (_code, product) => {
      const payload = { terms: { ...weeklyTerms, ...product.terms }, policy: product.policy };
      expect(payloadOf('opened', storedPayload(payload))).toEqual(payload);
    },
  );

  test('from before a term existed comes back with its default', () => {
    const { monthlyRatePercent: _monthly, fees: _fees, ...older } = weeklyTerms;
    expect(payloadOf('opened', storedPayload({ terms: older, policy: {} }))).toMatchObject({ terms: weeklyTerms });
  });

  test('comes back with the terms that hold others', () => {
    const terms = {
      ...weeklyTerms,
      indexRate: { index: 'SOFR', marginPercent: '2', values: [{ from: '2026-01-01', percent: '4' }] },
      tax: { interestPercent: '18', feePercent: '18', penaltyPercent: '0' },
    };
    const { policy } = shipped('weekly-flat-50');
    const stored = storedPayload({ terms, policy });
    expect(stored).toMatchObject({ terms: { index_rate: { margin_percent: '2' }, tax: { fee_percent: '18' } } });
    expect(payloadOf('opened', stored)).toEqual({ terms, policy });
  });
});
