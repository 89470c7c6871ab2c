import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds, examplePayment } from '../event-examples.ts';
import { amount, currency, customerId, id, loanId, orNull, reasonCode, shortfall } from '../event-fields.ts';

export const customerCreditReclaimed = defineEvent({
  type: 'customer.credit_reclaimed',
  topic: 'customers',
  subject: 'customer',
  title: 'Credit was taken back',
  description:
    'Credit that a payment had left was needed after all: only unspent credit is. Or the payment was taken back: what ' +
    'of it was spent stays spent, first at the cost of other credit, and then as the shortfall of the customer.',
  data: Type.Object({
    customer_id: customerId,
    currency,
    payment_id: id('The payment, use of credit or recovery that left this credit'),
    loan_id: orNull(loanId, 'The loan it was meant for; null when no loan took it'),
    amount: amount('What was taken back'),
    balance: amount('Credit balance in this currency after it'),
    shortfall,
    reason: reasonCode,
  }),
  example: {
    ...exampleLoanIds,
    currency: 'IDR',
    payment_id: examplePayment,
    amount: '10000.00',
    balance: '0.00',
    reason: 'reversal',
  },
});
export type CustomerCreditReclaimed = Static<typeof customerCreditReclaimed.data>;
