import { faultOf, ownerOf, readRouteTable } from '../src/route-table.ts';

const table = readRouteTable();

describe('the route table', () => {
  test.each([
    ['/v1/customers', 'billing'],
    ['/v1/customers/{customer_id}', 'billing'],
    ['/v1/customers/{customer_id}/balance', 'billing'],
    ['/v1/customers/{customer_id}/payments', 'payment'],
    ['/v1/loans/{loan_id}/outstanding', 'billing'],
    ['/v1/payments', 'payment'],
    ['/v1/payments/{payment_id}/reverse', 'payment'],
    ['/v1/gateway/{provider}/webhooks', 'payment'],
    ['/v1/loans/republish', 'billing'],
    ['/v1/customers/{customer_id}/republish', 'billing'],
    ['/v1/reconciliation', 'payment'],
    ['/v1/reconciliation/heal', 'payment'],
    ['/v1/billing/dead-letters', 'billing'],
    ['/v1/payment/dead-letters', 'payment'],
    ['/alemeno/api/view-loan/{loan_id}/', 'billing'],
    ['/mo/api/customers/', 'billing'],
    ['/mo/api/customers/{customer_id}/loans', 'billing'],
    ['/mo/api/customers/{customer_id}/payments', 'payment'],
    ['/mo/api/payments', 'payment'],
    ['/kopa/customers/', 'billing'],
    ['/kopa/transactions/{customer_number}', 'billing'],
    ['/metrics', undefined],
    ['/internal/v1/applied-credits', undefined],
    ['/v1/customersx', undefined],
    ['/', undefined],
  ])('%s belongs to %s', (path, owner) => expect(ownerOf(table, path)).toBe(owner));

  test('gives no path to two services', () => {
    expect(faultOf(table)).toBeUndefined();
    expect(faultOf({ billing: ['/v1/x/:id'], payment: ['/v1/x/:other'] })).toBe(
      '/v1/x/:other is given to billing and to payment',
    );
  });

  test.each(['/metrics', '/internal/*', '/*'])('refuses %s, which would let something inside out', (pattern) =>
    expect(faultOf({ billing: [pattern], payment: [] })).toContain('stays inside'),
  );
});
