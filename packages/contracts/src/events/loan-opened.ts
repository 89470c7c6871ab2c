import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds, exampleRef } from '../event-examples.ts';
import {
  amount,
  currency,
  customerId,
  day,
  externalRef,
  lateGrowth,
  loanId,
  loanStatus,
  oneOf,
  timeZone,
} from '../event-fields.ts';
import { LoanTermsSchema } from '../loan-terms.ts';

const instalment = Type.Object({
  number: Type.Integer({ minimum: 1, description: 'From 1' }),
  due_date: day('When it is due'),
  principal: amount('Its principal'),
  interest: amount('Its interest'),
  fee: amount('Its fees'),
  total: amount('Their sum'),
});

export const loanOpened = defineEvent({
  type: 'loan.opened',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan was opened',
  description: 'A loan was applied for; it carries the terms and the schedule that the loan will have when disbursed.',
  data: Type.Object({
    loan_id: loanId,
    customer_id: customerId,
    external_ref: externalRef,
    product: Type.Object({
      code: Type.String({ minLength: 1, maxLength: 64, description: 'Product' }),
      version: Type.Integer({ minimum: 1, description: 'Its version' }),
    }),
    currency,
    principal: amount('What is lent'),
    total: amount('Principal, interest and fees of the schedule'),
    payment_policy: oneOf(['exact', 'partial', 'any'], 'Which payments the loan takes'),
    overpayment: oneOf(['credit', 'reject'], 'What becomes of more than everything owed'),
    late_growth: Type.Optional(lateGrowth),
    time_zone: Type.Optional(timeZone),
    disbursed_on: day('Planned value date of the disbursement'),
    terms: LoanTermsSchema,
    schedule: Type.Array(instalment, { minItems: 1, description: 'The instalments in order' }),
    status: loanStatus,
  }),
  example: {
    ...exampleLoanIds,
    external_ref: exampleRef,
    product: { code: 'open-30-weeks', version: 1 },
    currency: 'USD',
    principal: '500.00',
    total: '500.00',
    payment_policy: 'any',
    overpayment: 'reject',
    disbursed_on: '2026-01-01',
    terms: {
      interest_method: 'none',
      annual_rate_percent: null,
      flat_rate_percent: null,
      flat_rate_basis: 'whole_term',
      frequency: { every: 30, unit: 'week' },
      number_of_instalments: 1,
      day_count: '30/360',
      rounding: 'half_even',
      instalment_multiple: null,
      emi_smoothing: true,
      first_due_date: null,
    },
    schedule: [
      { number: 1, due_date: '2026-07-30', principal: '500.00', interest: '0.00', fee: '0.00', total: '500.00' },
    ],
    status: 'pending',
  },
});
export type LoanOpened = Static<typeof loanOpened.data>;
