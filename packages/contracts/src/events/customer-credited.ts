import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds, examplePayment } from '../event-examples.ts';
import { amount, currency, customerId, loanId, orNull, paymentId, reasonCode } from '../event-fields.ts';

export const customerCredited = defineEvent({
  type: 'customer.credited',
  topic: 'customers',
  subject: 'customer',
  title: 'A customer was credited',
  description: 'A payment, or a part of it, did not fit any loan; it is now the credit of the customer.',
  data: Type.Object({
    customer_id: customerId,
    currency,
    payment_id: paymentId,
    loan_id: orNull(loanId, 'The loan it was meant for; null when no loan took it'),
    amount: amount('What was credited'),
    balance: amount('Credit balance in this currency after it'),
    reason: reasonCode,
  }),
  example: {
    ...exampleLoanIds,
    currency: 'IDR',
    payment_id: examplePayment,
    amount: '10000.00',
    balance: '10000.00',
    reason: 'overpayment',
  },
});
export type CustomerCredited = Static<typeof customerCredited.data>;
