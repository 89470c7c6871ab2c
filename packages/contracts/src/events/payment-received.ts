import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleCustomer, exampleLoan, examplePayment } from '../event-examples.ts';
import { amount, currency, customerId, day, externalRef, loanId, oneOf, paymentId } from '../event-fields.ts';

export const paymentReceived = defineEvent({
  type: 'payment.received',
  topic: 'payments',
  subject: 'payment',
  title: 'A payment is on its way',
  description:
    'A provider has been asked for the money. No loan changes yet; `payment.settled` or `payment.failed` follows.',
  data: Type.Object({
    payment_id: paymentId,
    customer_id: customerId,
    external_ref: externalRef,
    currency,
    amount: amount('All of it'),
    value_date: day('From when it will count, whenever it settles'),
    method: Type.String({ minLength: 1, maxLength: 64, description: 'The name of the provider' }),
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
    method: 'mockpay',
    allocation: 'explicit',
    allocations: [{ loan_id: exampleLoan, amount: '44000.00' }],
  },
});
export type PaymentReceived = Static<typeof paymentReceived.data>;
