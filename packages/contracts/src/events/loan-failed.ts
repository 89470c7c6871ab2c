import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds } from '../event-examples.ts';
import { customerId, loanId, reasonText } from '../event-fields.ts';

export const loanFailed = defineEvent({
  type: 'loan.failed',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan could not be decided',
  description:
    'The scoring engine gave no score in time, so that nobody has decided; the loan is closed, and the customer may apply again.',
  data: Type.Object({ loan_id: loanId, customer_id: customerId, reason: reasonText }),
  example: { ...exampleLoanIds, reason: 'score_not_available' },
});
export type LoanFailed = Static<typeof loanFailed.data>;
