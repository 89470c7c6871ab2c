import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds } from '../event-examples.ts';
import { amount, currency, customerId, day, id, loanId } from '../event-fields.ts';

export const loanRecovered = defineEvent({
  type: 'loan.recovered',
  topic: 'loans',
  subject: 'loan',
  title: 'Money of a loan written off came in',
  description:
    'It counts for principal first. The loan stays written off. What a later entry makes superfluous becomes credit.',
  data: Type.Object({
    loan_id: loanId,
    customer_id: customerId,
    recovery_id: id('The recovery'),
    value_date: day('Value date of the recovery'),
    amount: amount('What came in'),
    left: amount('What was written off and has not come in yet'),
    currency,
  }),
  example: {
    ...exampleLoanIds,
    recovery_id: '019aa4f1-6c00-7000-8000-00000000f101',
    value_date: '2027-09-01',
    amount: '15000.00',
    left: '29000.00',
    currency: 'IDR',
  },
});
export type LoanRecovered = Static<typeof loanRecovered.data>;
