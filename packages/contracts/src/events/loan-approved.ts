import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds } from '../event-examples.ts';
import { customerId, day, loanId } from '../event-fields.ts';

export const loanApproved = defineEvent({
  type: 'loan.approved',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan was approved',
  description: 'The loan may be disbursed.',
  data: Type.Object({ loan_id: loanId, customer_id: customerId, approved_on: day('Value date of the approval') }),
  example: { ...exampleLoanIds, approved_on: '2026-01-01' },
});
export type LoanApproved = Static<typeof loanApproved.data>;
