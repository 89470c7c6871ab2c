import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleRefunded } from '../event-examples.ts';
import { amount, currency, customerId, reasonCode, refundId } from '../event-fields.ts';

export const customerRefundRefused = defineEvent({
  type: 'customer.refund_refused',
  topic: 'customers',
  subject: 'customer',
  title: 'A refund was refused',
  description: 'The customer has no such credit; nothing was taken and nothing is paid out.',
  data: Type.Object({
    refund_id: refundId,
    customer_id: customerId,
    currency,
    amount: amount('What is to be paid out'),
    balance: amount('Credit balance in this currency'),
    reason: reasonCode,
  }),
  example: {
    ...exampleRefunded,
    balance: '4000.00',
    reason: 'credit_exceeded',
  },
});
export type CustomerRefundRefused = Static<typeof customerRefundRefused.data>;
