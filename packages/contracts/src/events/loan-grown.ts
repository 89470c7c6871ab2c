import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleFace } from '../event-examples.ts';
import { day, loanFace } from '../event-fields.ts';

export const loanGrown = defineEvent({
  type: 'loan.grown',
  topic: 'loans',
  subject: 'loan',
  title: 'Days that were late came to be owed',
  description:
    'Penalties and late interest until a day on which nothing was asked, paid or given up: its delinquency was paused or ' +
    'resumed, or credit was spent. Every other entry tells of the days before it with what it changes itself.',
  data: Type.Object({ ...loanFace, as_of: day('The day until which they are reckoned') }),
  example: { ...exampleFace, as_of: '2026-01-20' },
});
export type LoanGrown = Static<typeof loanGrown.data>;
