import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleFace } from '../event-examples.ts';
import { amount, day, id, loanFace, oneOf, reasonCode } from '../event-fields.ts';

export const loanCharged = defineEvent({
  type: 'loan.charged',
  topic: 'loans',
  subject: 'loan',
  title: 'A fee or penalty was charged',
  description: 'Asked for on top of the schedule, by the instalment that falls due next.',
  data: Type.Object({
    ...loanFace,
    charge_id: id('The charge'),
    component: oneOf(['fee', 'penalty'], 'What it counts as'),
    code: reasonCode,
    value_date: day('Value date of the charge'),
    amount: amount('What was charged'),
  }),
  example: {
    ...exampleFace,
    outstanding: '2206000.00',
    unpaid: [{ number: 1, due_date: '2026-01-08', amount: '50000.00' }],
    charge_id: '019aa4f1-6c00-7000-8000-00000000e001',
    component: 'fee',
    code: 'field_visit',
    value_date: '2026-01-05',
    amount: '6000.00',
  },
});
export type LoanCharged = Static<typeof loanCharged.data>;
