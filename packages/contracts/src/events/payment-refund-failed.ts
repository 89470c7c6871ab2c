import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleRefunded } from '../event-examples.ts';
import { amount, currency, customerId, reasonCode, refundId, refundMethod } from '../event-fields.ts';

export const paymentRefundFailed = defineEvent({
  type: 'payment.refund_failed',
  topic: 'payments',
  subject: 'refund',
  title: 'A refund could not be paid out',
  description:
    'The money of an authorised refund did not leave. Billing gives it back to the credit that it came from.',
  data: Type.Object({
    refund_id: refundId,
    customer_id: customerId,
    currency,
    amount: amount('What is to be paid out'),
    method: refundMethod,
    reason: reasonCode,
  }),
  example: {
    ...exampleRefunded,
    method: 'simulator',
    reason: 'account_closed',
  },
});
export type PaymentRefundFailed = Static<typeof paymentRefundFailed.data>;
