import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds, examplePayment } from '../event-examples.ts';
import { amount, currency, customerId, id, loanId, orNull, reasonCode, shortfall } from '../event-fields.ts';

export const customerCredited = defineEvent({
  type: 'customer.credited',
  topic: 'customers',
  subject: 'customer',
  title: 'A customer was credited',
  description:
    'A payment or recovery, or a part of it, did not fit any loan, or a refund was not paid out or came back: it is credit of the customer.',
  data: Type.Object({
    customer_id: customerId,
    currency,
    payment_id: id('The payment, use of credit or recovery that left this credit'),
    loan_id: orNull(loanId, 'The loan it was meant for; null when no loan took it'),
    amount: amount('What was credited'),
    balance: amount('Credit balance in this currency after it'),
    shortfall,
    refund_id: Type.Optional(id('The refund that gave it back, since it was not paid out or came back')),
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
