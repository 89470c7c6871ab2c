import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleDelinquency } from '../event-examples.ts';
import { delinquency } from '../event-fields.ts';

export const loanCured = defineEvent({
  type: 'loan.cured',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan is no longer delinquent',
  description: 'Enough was paid, or a correction was made, that the rule of the product is not met any more.',
  data: Type.Object(delinquency),
  example: {
    ...exampleDelinquency,
    consecutive_missed: 0,
    days_past_due: 0,
    bucket: 'current',
    arrears: '0.00',
  },
});
export type LoanCured = Static<typeof loanCured.data>;
