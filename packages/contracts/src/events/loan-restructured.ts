import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleFace } from '../event-examples.ts';
import { day, id, loanFace, oneOf, reasonText } from '../event-fields.ts';
import { loanOpened } from './loan-opened.ts';

const { schedule, late_growth } = loanOpened.data.properties;

export const loanRestructured = defineEvent({
  type: 'loan.restructured',
  topic: 'loans',
  subject: 'loan',
  title: 'What is not due of a loan was planned anew',
  description:
    'The schedule replaces the one before, whatever its number of instalments; `unpaid` names every instalment of it.',
  data: Type.Object({
    ...loanFace,
    restructure_id: id('The change'),
    kind: oneOf(
      ['restructure', 're_age', 'rate_change', 'payment_holiday', 'disbursement', 'reduce_term', 'reduce_instalment'],
      'What was agreed anew',
    ),
    value_date: day('Value date of the change'),
    version: Type.Integer({ minimum: 1, description: 'Of the schedule; the first is 1' }),
    schedule: { ...schedule, description: 'All instalments in order, those that stayed as they were too' },
    late_growth,
    reason: reasonText,
  }),
  example: {
    ...exampleFace,
    outstanding: '100.50',
    currency: 'USD',
    unpaid: [
      { number: 1, due_date: '2026-01-08', amount: '0.00' },
      { number: 2, due_date: '2026-03-08', amount: '100.50' },
    ],
    restructure_id: '019aa4f1-6c00-7000-8000-00000000f201',
    kind: 'payment_holiday',
    value_date: '2026-01-20',
    version: 2,
    schedule: [
      { number: 1, due_date: '2026-01-08', principal: '100.00', interest: '0.50', fee: '0.00', total: '100.50' },
      { number: 2, due_date: '2026-03-08', principal: '100.00', interest: '0.50', fee: '0.00', total: '100.50' },
    ],
    reason: null,
  },
});
export type LoanRestructured = Static<typeof loanRestructured.data>;
