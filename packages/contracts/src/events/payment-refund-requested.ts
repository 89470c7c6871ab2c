import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleRefunded } from '../event-examples.ts';
import { refundFace } from '../event-fields.ts';

export const paymentRefundRequested = defineEvent({
  type: 'payment.refund_requested',
  topic: 'payments',
  subject: 'refund',
  title: 'A refund was asked for',
  description:
    'Credit is to be paid out. Billing answers with `customer.refund_authorised` or `customer.refund_refused`.',
  data: Type.Object(refundFace),
  example: {
    ...exampleRefunded,
    method: 'manual',
  },
});
export type PaymentRefundRequested = Static<typeof paymentRefundRequested.data>;
