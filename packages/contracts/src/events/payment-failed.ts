import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleCustomer, examplePayment } from '../event-examples.ts';
import { amount, currency, customerId, paymentId, reasonCode } from '../event-fields.ts';

export const paymentFailed = defineEvent({
  type: 'payment.failed',
  topic: 'payments',
  subject: 'payment',
  title: 'A payment failed at its provider',
  description:
    'No money came, and nothing is reserved for it any more. It may still settle later, which `payment.settled` would tell.',
  data: Type.Object({
    payment_id: paymentId,
    customer_id: customerId,
    currency,
    amount: amount('What was offered'),
    code: { ...reasonCode, description: "The provider's code, or `provider_unreachable`" },
  }),
  example: {
    payment_id: examplePayment,
    customer_id: exampleCustomer,
    currency: 'IDR',
    amount: '44000.00',
    code: 'insufficient_funds',
  },
});
export type PaymentFailed = Static<typeof paymentFailed.data>;
