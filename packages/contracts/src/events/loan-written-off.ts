import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleFace } from '../event-examples.ts';
import { amount, day, loanFace, reasonText } from '../event-fields.ts';

export const loanWrittenOff = defineEvent({
  type: 'loan.written_off',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan was written off',
  description: 'Nothing is outstanding any more; what was owed is kept apart, and may still be recovered.',
  data: Type.Object({
    ...loanFace,
    written_off_on: day('Value date of the write-off'),
    amount: amount('All that was owed'),
    principal: amount('Of it, principal'),
    interest: amount('Of it, interest'),
    fee: amount('Of it, fees'),
    penalty: amount('Of it, penalties'),
    reason: reasonText,
  }),
  example: {
    ...exampleFace,
    status: 'written_off',
    outstanding: '0.00',
    unpaid: [{ number: 50, due_date: '2026-12-17', amount: '0.00' }],
    written_off_on: '2027-06-01',
    amount: '44000.00',
    principal: '40000.00',
    interest: '4000.00',
    fee: '0.00',
    penalty: '0.00',
    reason: 'The shop closed.',
  },
});
export type LoanWrittenOff = Static<typeof loanWrittenOff.data>;
