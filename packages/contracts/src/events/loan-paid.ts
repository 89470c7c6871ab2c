import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds } from '../event-examples.ts';
import { customerId, day, loanId } from '../event-fields.ts';

export const loanPaid = defineEvent({
  type: 'loan.paid',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan is paid',
  description: 'Nothing is outstanding any more. A reversal may reopen the loan later.',
  data: Type.Object({
    loan_id: loanId,
    customer_id: customerId,
    paid_on: day('Value date of the payment that closed it'),
  }),
  example: { ...exampleLoanIds, paid_on: '2026-12-17' },
});
export type LoanPaid = Static<typeof loanPaid.data>;
