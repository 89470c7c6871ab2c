import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleCreditUse, exampleLoanIds, exampleLots } from '../event-examples.ts';
import { amount, currency, customerId, id, loanId, lots } from '../event-fields.ts';

export const customerCreditUsed = defineEvent({
  type: 'customer.credit_used',
  topic: 'customers',
  subject: 'customer',
  title: 'Credit paid a loan',
  description: 'On request, credit of the customer was used for a loan; what it did there says `loan.repaid`.',
  data: Type.Object({
    customer_id: customerId,
    currency,
    credit_use_id: id('The use of credit, `payment_id` of its `loan.repaid`'),
    loan_id: loanId,
    amount: amount('What was used'),
    balance: amount('Credit balance in this currency after it'),
    lots,
  }),
  example: {
    ...exampleLoanIds,
    currency: 'IDR',
    credit_use_id: exampleCreditUse,
    amount: '10000.00',
    balance: '0.00',
    lots: exampleLots,
  },
});
export type CustomerCreditUsed = Static<typeof customerCreditUsed.data>;
