import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { DateSchema } from '../dates.ts';
import { exampleLoanIds, exampleRef } from '../event-examples.ts';
import {
  amount,
  count,
  currency,
  customerId,
  day,
  externalRef,
  loanId,
  loanStatus,
  oneOf,
  orNull,
  writtenOff,
} from '../event-fields.ts';
import { loanOpened } from './loan-opened.ts';

const { product, payment_policy, overpayment, late_growth, time_zone, terms } = loanOpened.data.properties;

const instalment = Type.Object({
  number: Type.Integer({ minimum: 1, description: 'From 1' }),
  due_date: day('When it is due'),
  principal: amount('Its principal'),
  interest: amount('Its interest'),
  fee: amount('Its fees'),
  total: amount('All that it asks for: their sum, and what was charged beyond the plan'),
  unpaid: amount('What is unpaid of it'),
});

const customer = Type.Object({
  external_ref: externalRef,
  status: oneOf(['active', 'inactive'], 'Whether new loans are possible'),
  sequence: count('The last event of the customer, as a subject, that this state includes'),
  shortfalls: Type.Optional(
    Type.Array(Type.Object({ currency, amount: amount('What is owed, above zero') }), {
      description:
        'What the customer owes since credit was spent whose payment was then taken back; left out: not told',
    }),
  ),
});

export const loanSnapshot = defineEvent({
  type: 'loan.snapshot',
  topic: 'loans',
  subject: 'loan',
  title: 'The whole loan, for new or rebuilt consumers',
  description:
    'Nothing happened: this is the loan as all events before it left it, and of its customer what a consumer keeps. It ' +
    'replaces whatever a consumer knows, so that it alone may follow a gap in the sequence. A loan that is imported with ' +
    'its past is told of by its first, in place of `loan.opened`.',
  data: Type.Object({
    loan_id: loanId,
    customer_id: customerId,
    customer,
    external_ref: externalRef,
    product,
    currency,
    principal: amount('What is lent'),
    total: amount('All that the schedule asks for, paid or not'),
    outstanding: amount('All that is unpaid, due or not'),
    payment_policy,
    overpayment,
    late_growth,
    time_zone,
    disbursed_on: orNull(DateSchema, 'Value date of the disbursement; null before it'),
    terms,
    schedule: Type.Array(instalment, { minItems: 1, description: 'The instalments in order' }),
    status: loanStatus,
    written_off: writtenOff,
  }),
  example: {
    ...exampleLoanIds,
    customer: { external_ref: exampleRef, status: 'active', sequence: 1, shortfalls: [] },
    external_ref: exampleRef,
    product: loanOpened.example.product,
    currency: 'USD',
    principal: '500.00',
    total: '500.00',
    outstanding: '380.00',
    payment_policy: 'any',
    overpayment: 'reject',
    disbursed_on: '2026-01-01',
    terms: loanOpened.example.terms,
    schedule: [
      {
        number: 1,
        due_date: '2026-07-30',
        principal: '500.00',
        interest: '0.00',
        fee: '0.00',
        total: '500.00',
        unpaid: '380.00',
      },
    ],
    status: 'active',
  },
});
export type LoanSnapshot = Static<typeof loanSnapshot.data>;
