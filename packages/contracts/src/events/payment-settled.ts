import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleCustomer, exampleLoan, examplePayment } from '../event-examples.ts';
import { amount, currency, customerId, day, externalRef, loanId, oneOf, paymentId } from '../event-fields.ts';

export const paymentSettled = defineEvent({
  type: 'payment.settled',
  topic: 'payments',
  subject: 'payment',
  title: 'A payment settled',
  description: 'The money is here. Billing applies it and answers with `loan.repaid` and `customer.credited`.',
  data: Type.Object({
    payment_id: paymentId,
    customer_id: customerId,
    external_ref: externalRef,
    currency,
    amount: amount('All of it'),
    value_date: day('From when it counts'),
    method: Type.String({ minLength: 1, maxLength: 64, description: '`manual`, or the name of a provider' }),
    allocation: oneOf(['explicit', 'automatic'], 'Whether the payer named the loans'),
    allocations: Type.Array(Type.Object({ loan_id: loanId, amount: amount('What is meant for it') }), {
      description: 'The loans that were asked for, or chosen; what no loan takes becomes credit',
    }),
  }),
  example: {
    payment_id: examplePayment,
    customer_id: exampleCustomer,
    external_ref: null,
    currency: 'IDR',
    amount: '44000.00',
    value_date: '2026-01-08',
    method: 'manual',
    allocation: 'explicit',
    allocations: [{ loan_id: exampleLoan, amount: '44000.00' }],
  },
});
export type PaymentSettled = Static<typeof paymentSettled.data>;
