import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleCustomer, examplePayment } from '../event-examples.ts';
import { amount, currency, customerId, paymentId, reasonText, takenBackKind } from '../event-fields.ts';

export const paymentReversed = defineEvent({
  type: 'payment.reversed',
  topic: 'payments',
  subject: 'payment',
  title: 'A payment was taken back',
  description: 'A settled payment counts no more, on any loan. Billing answers with `loan.repayment_reversed`.',
  data: Type.Object({
    payment_id: paymentId,
    customer_id: customerId,
    currency,
    amount: amount('All of it'),
    kind: takenBackKind,
    reason: reasonText,
  }),
  example: {
    payment_id: examplePayment,
    customer_id: exampleCustomer,
    currency: 'IDR',
    amount: '44000.00',
    kind: 'chargeback',
    reason: null,
  },
});
export type PaymentReversed = Static<typeof paymentReversed.data>;
