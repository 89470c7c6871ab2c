import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleFace } from '../event-examples.ts';
import { allocations, amount, day, id, loanFace, oneOf, reasonText } from '../event-fields.ts';

export const loanWaived = defineEvent({
  type: 'loan.waived',
  topic: 'loans',
  subject: 'loan',
  title: 'Something owed was given up',
  description: 'A fee, a penalty or interest that the borrower need not pay any more.',
  data: Type.Object({
    ...loanFace,
    waiver_id: id('The waiver'),
    component: oneOf(['fee', 'penalty', 'interest'], 'What of the debt is given up'),
    value_date: day('Value date of the waiver'),
    amount: amount('What was given up'),
    allocations: { ...allocations, description: 'Of which instalments' },
    reason: reasonText,
  }),
  example: {
    ...exampleFace,
    outstanding: '2200000.00',
    unpaid: [{ number: 1, due_date: '2026-01-08', amount: '44000.00' }],
    waiver_id: '019aa4f1-6c00-7000-8000-00000000f001',
    component: 'fee',
    value_date: '2026-01-06',
    amount: '6000.00',
    allocations: [{ instalment: 1, principal: '0.00', interest: '0.00', fee: '6000.00', penalty: '0.00' }],
    reason: 'The visit did not take place.',
  },
});
export type LoanWaived = Static<typeof loanWaived.data>;
