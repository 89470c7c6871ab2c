import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleDelinquency } from '../event-examples.ts';
import { delinquency } from '../event-fields.ts';

export const loanBecameDelinquent = defineEvent({
  type: 'loan.became_delinquent',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan became delinquent',
  description: 'As many instalments in a row were missed, or the days past due passed as many, as the product allows.',
  data: Type.Object(delinquency),
  example: exampleDelinquency,
});
export type LoanBecameDelinquent = Static<typeof loanBecameDelinquent.data>;
