import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleCustomer, examplePayment } from '../event-examples.ts';
import { amount, currency, customerId, paymentId, reasonCode } from '../event-fields.ts';

export const paymentRejected = defineEvent({
  type: 'payment.rejected',
  topic: 'payments',
  subject: 'payment',
  title: 'A payment was rejected',
  description: 'The payment is kept for the record; no money moved and no loan is touched.',
  data: Type.Object({
    payment_id: paymentId,
    customer_id: customerId,
    currency,
    amount: amount('What was offered'),
    code: { ...reasonCode, description: 'The problem code, as in docs/errors.md' },
  }),
  example: {
    payment_id: examplePayment,
    customer_id: exampleCustomer,
    currency: 'IDR',
    amount: '99000000.00',
    code: 'amount_exceeds_outstanding',
  },
});
export type PaymentRejected = Static<typeof paymentRejected.data>;
