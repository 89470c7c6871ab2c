import { readPaymentRequest } from '../../src/payments/payment-request.ts';

const customer_id = '019AA4F1-6C00-7000-8000-000000000001';
const loan_id = '019AA4F1-6C00-7000-8000-000000000002';

describe('the body of a payment', () => {
  test('becomes minor units and lower-case ids', () =>
    expect(
      readPaymentRequest(
        {
          customer_id,
          amount: { amount: '44000', currency: 'IDR' },
          value_date: '2026-01-31',
          allocations: [{ loan_id, amount: '44000.0' }],
        },
        [],
      ),
    ).toEqual({
      customerId: customer_id.toLowerCase(),
      amount: 4_400_000n,
      currency: 'IDR',
      valueDate: '2026-01-31',
      method: 'manual',
      externalId: null,
      allocations: [{ loanId: loan_id.toLowerCase(), amount: 4_400_000n }],
    }));

  test.each([
    { amount: '1.005', currency: 'IDR', part: '1.00', pointers: ['/amount/amount'] },
    { amount: '1.5', currency: 'JPY', part: '1.5', pointers: ['/amount/amount', '/allocations/0/amount'] },
    { amount: '1.00', currency: 'ZZZ', part: '1.00', pointers: ['/amount/currency'] },
    { amount: '999999999999999.99', currency: 'KWD', part: '1.00', pointers: ['/amount/amount'] },
  ])('points at $pointers for $amount $currency with a part of $part', ({ amount, currency, part, pointers }) => {
    const body = { customer_id, amount: { amount, currency }, allocations: [{ loan_id, amount: part }] };
    const read = readPaymentRequest(body, []);
    expect('faults' in read && read.faults.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test('takes the name of a configured provider as its method, and no other', () => {
    const body = { customer_id, amount: { amount: '1.00', currency: 'IDR' }, method: 'mockpay' };
    expect(readPaymentRequest(body, ['mockpay'])).toMatchObject({ method: 'mockpay' });
    expect(readPaymentRequest(body, ['otherpay'])).toEqual({
      faults: [{ pointer: '/method', code: 'enum', message: 'must be one of: manual, otherpay' }],
    });
  });
});
