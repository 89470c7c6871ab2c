import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleRefunded } from '../event-examples.ts';
import { refundFace } from '../event-fields.ts';

export const paymentRefundPaidOut = defineEvent({
  type: 'payment.refund_paid_out',
  topic: 'payments',
  subject: 'refund',
  title: 'A refund was paid out',
  description: 'The money of an authorised refund left.',
  data: Type.Object(refundFace),
  example: {
    ...exampleRefunded,
    method: 'manual',
  },
});
export type PaymentRefundPaidOut = Static<typeof paymentRefundPaidOut.data>;
