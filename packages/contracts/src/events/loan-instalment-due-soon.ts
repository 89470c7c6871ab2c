import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds } from '../event-examples.ts';
import { amount, currency, customerId, day, loanId } from '../event-fields.ts';

export const loanInstalmentDueSoon = defineEvent({
  type: 'loan.instalment_due_soon',
  topic: 'loans',
  subject: 'loan',
  title: 'An instalment falls due soon',
  description:
    'The daily check found an instalment that is not paid and falls due within the days that billing is configured with, or on that day. Told once for each due date.',
  data: Type.Object({
    loan_id: loanId,
    customer_id: customerId,
    as_of: day('The day of the check'),
    instalment: Type.Integer({ minimum: 1, description: 'Its number' }),
    due_date: day('When it falls due, that day at the earliest'),
    amount: amount('What is unpaid of it'),
    currency,
  }),
  example: {
    ...exampleLoanIds,
    as_of: '2026-01-12',
    instalment: 2,
    due_date: '2026-01-15',
    amount: '44000.00',
    currency: 'IDR',
  },
});
export type LoanInstalmentDueSoon = Static<typeof loanInstalmentDueSoon.data>;
