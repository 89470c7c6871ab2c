import { instructionOf } from '../../src/repayments/payment-instruction.ts';

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const payment = { payment_id: 'p', customer_id: 'c', currency: 'JPY', amount: '1500' };

describe('an event of the payment service', () => {
  test('asks for its money to be spread, in minor units, within its trace', () => {
    const data = {
      ...payment,
      external_ref: null,
      value_date: '2026-06-01',
      method: 'manual',
      allocation: 'explicit',
      allocations: [{ loan_id: 'l', amount: '1000' }],
    };
    expect(instructionOf({ type: 'payment.settled', data, traceparent })).toEqual({
      kind: 'settled',
      customerId: 'c',
      paymentId: 'p',
      externalRef: null,
      currency: 'JPY',
      amount: 1500n,
      valueDate: '2026-06-01',
      allocation: 'explicit',
      allocations: [{ loanId: 'l', amount: 1000n }],
      traceparent,
    });
  });

  test('asks for its money to be taken back, and says by whom', () => {
    const data = { ...payment, kind: 'chargeback', reason: null };
    expect(instructionOf({ type: 'payment.reversed', data })).toMatchObject({ kind: 'reversed', as: 'chargeback' });
  });

  test('asks for nothing when it was rejected', () => {
    expect(instructionOf({ type: 'payment.rejected', data: { ...payment, code: 'nothing_owed' } })).toBeUndefined();
  });

  test('with an amount that its currency cannot have is a fault', () => {
    const data = { ...payment, amount: '1.50', external_ref: null, value_date: '2026-06-01', allocations: [] };
    expect(() => instructionOf({ type: 'payment.settled', data })).toThrow(/no amount of JPY/);
  });
});
