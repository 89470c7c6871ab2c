import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLots, exampleRefunded } from '../event-examples.ts';
import { amount, currency, customerId, lots, refundId } from '../event-fields.ts';

export const customerRefundAuthorised = defineEvent({
  type: 'customer.refund_authorised',
  topic: 'customers',
  subject: 'customer',
  title: 'A refund was authorised',
  description: 'Billing took the amount from the customer’s credit; the payment service pays it out.',
  data: Type.Object({
    refund_id: refundId,
    customer_id: customerId,
    currency,
    amount: amount('What is to be paid out'),
    balance: amount('Credit balance in this currency after it'),
    lots,
  }),
  example: {
    ...exampleRefunded,
    balance: '0.00',
    lots: exampleLots,
  },
});
export type CustomerRefundAuthorised = Static<typeof customerRefundAuthorised.data>;
