import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds } from '../event-examples.ts';
import { customerId, loanId, reasonText } from '../event-fields.ts';

export const loanCancelled = defineEvent({
  type: 'loan.cancelled',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan was cancelled',
  description: 'The loan was withdrawn before its disbursement; it is closed.',
  data: Type.Object({ loan_id: loanId, customer_id: customerId, reason: reasonText }),
  example: { ...exampleLoanIds, reason: null },
});
export type LoanCancelled = Static<typeof loanCancelled.data>;
