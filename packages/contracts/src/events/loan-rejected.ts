import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds } from '../event-examples.ts';
import { customerId, loanId, reasonText } from '../event-fields.ts';

export const loanRejected = defineEvent({
  type: 'loan.rejected',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan was rejected',
  description: 'The application was declined; the loan is closed.',
  data: Type.Object({ loan_id: loanId, customer_id: customerId, reason: reasonText }),
  example: { ...exampleLoanIds, reason: null },
});
export type LoanRejected = Static<typeof loanRejected.data>;
