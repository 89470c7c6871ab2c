import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds } from '../event-examples.ts';
import { amount, day, loanFace } from '../event-fields.ts';

export const loanDisbursed = defineEvent({
  type: 'loan.disbursed',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan was disbursed',
  description: 'The principal was paid out; from here on the loan is owed. `unpaid` names every instalment.',
  data: Type.Object({
    ...loanFace,
    disbursed_on: day('Value date of the disbursement'),
    amount: amount('What was disbursed'),
  }),
  example: {
    ...exampleLoanIds,
    currency: 'USD',
    status: 'active',
    outstanding: '500.00',
    unpaid: [{ number: 1, due_date: '2026-07-30', amount: '500.00' }],
    disbursed_on: '2026-01-01',
    amount: '500.00',
  },
});
export type LoanDisbursed = Static<typeof loanDisbursed.data>;
