import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleRefunded } from '../event-examples.ts';
import { reasonCode, refundFace } from '../event-fields.ts';

export const paymentRefundFailed = defineEvent({
  type: 'payment.refund_failed',
  topic: 'payments',
  subject: 'refund',
  title: 'A refund could not be paid out',
  description:
    'The money of an authorised refund did not leave, or, after `payment.refund_paid_out`, came back. Billing gives it back to the credit that it came from.',
  data: Type.Object({
    ...refundFace,
    reason: reasonCode,
  }),
  example: {
    ...exampleRefunded,
    method: 'simulator',
    reason: 'account_closed',
  },
});
export type PaymentRefundFailed = Static<typeof paymentRefundFailed.data>;
