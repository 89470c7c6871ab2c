import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds } from '../event-examples.ts';
import { amount, day, id, loanFace } from '../event-fields.ts';

export const loanDisbursed = defineEvent({
  type: 'loan.disbursed',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan was disbursed',
  description:
    'The principal was paid out, whole or in part; from the first disbursement on the loan is owed. `unpaid` names every instalment; the schedule after a further disbursement follows in `loan.restructured`.',
  data: Type.Object({
    ...loanFace,
    disbursed_on: day('Value date of this disbursement'),
    amount: amount('What was disbursed'),
    settles: Type.Optional(
      Type.Object(
        { loan_id: id('The loan that it pays off'), amount: amount('What it takes of the money') },
        { description: 'Of a top-up: what is not paid out, since it pays another loan of the customer' },
      ),
    ),
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
