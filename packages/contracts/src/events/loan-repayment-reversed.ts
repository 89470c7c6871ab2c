import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleLoanIds, examplePayment } from '../event-examples.ts';
import { amount, day, loanFace, paymentId, takenBackKind } from '../event-fields.ts';

export const loanRepaymentReversed = defineEvent({
  type: 'loan.repayment_reversed',
  topic: 'loans',
  subject: 'loan',
  title: 'A repayment was taken back',
  description: 'The loan stands as if the payment had never been; payments after it may be reallocated.',
  data: Type.Object({
    ...loanFace,
    payment_id: paymentId,
    kind: takenBackKind,
    value_date: day('Value date of the payment'),
    amount: amount('What had been applied to this loan'),
  }),
  example: {
    ...exampleLoanIds,
    currency: 'IDR',
    status: 'active',
    outstanding: '2200000.00',
    unpaid: [{ number: 1, due_date: '2026-01-08', amount: '44000.00' }],
    payment_id: examplePayment,
    kind: 'reversal',
    value_date: '2026-01-08',
    amount: '44000.00',
  },
});
export type LoanRepaymentReversed = Static<typeof loanRepaymentReversed.data>;
