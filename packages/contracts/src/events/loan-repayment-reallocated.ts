import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleAllocations, exampleFace, examplePayment } from '../event-examples.ts';
import { allocations, amount, day, loanFace, paidFrom, paymentId, waived } from '../event-fields.ts';

export const loanRepaymentReallocated = defineEvent({
  type: 'loan.repayment_reallocated',
  topic: 'loans',
  subject: 'loan',
  title: 'A repayment applies another amount',
  description: 'An earlier entry of the loan changed (backdated or taken back), and with it what this payment applies.',
  data: Type.Object({
    ...loanFace,
    payment_id: paymentId,
    paid_from: paidFrom,
    value_date: day('Value date of the payment'),
    amount: amount('What it applies to this loan now'),
    previous_amount: amount('What it applied before'),
    credited: amount('What of it is credit now'),
    waived,
    allocations,
  }),
  example: {
    ...exampleFace,
    payment_id: examplePayment,
    value_date: '2026-01-08',
    amount: '44000.00',
    previous_amount: '34000.00',
    credited: '0.00',
    allocations: exampleAllocations,
  },
});
export type LoanRepaymentReallocated = Static<typeof loanRepaymentReallocated.data>;
