import { payloadOf, storedPayload } from '../../src/loans/stored-payload.ts';
import { shippedProducts } from '../../src/products/shipped-products.ts';

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
      const payload = { terms: product.terms, policy: product.policy };
      expect(payloadOf(storedPayload(payload))).toEqual(payload);
    },
  );
});
