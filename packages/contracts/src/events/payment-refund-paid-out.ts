import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleRefunded } from '../event-examples.ts';
import { amount, currency, customerId, refundId, refundMethod } from '../event-fields.ts';

export const paymentRefundPaidOut = defineEvent({
  type: 'payment.refund_paid_out',
  topic: 'payments',
  subject: 'refund',
  title: 'A refund was paid out',
  description: 'The money of an authorised refund left.',
  data: Type.Object({
    refund_id: refundId,
    customer_id: customerId,
    currency,
    amount: amount('What is to be paid out'),
    method: refundMethod,
  }),
  example: {
    ...exampleRefunded,
    method: 'manual',
  },
});
export type PaymentRefundPaidOut = Static<typeof paymentRefundPaidOut.data>;
