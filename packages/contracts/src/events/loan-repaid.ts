import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleAllocations, exampleFace, examplePayment } from '../event-examples.ts';
import {
  allocations,
  amount,
  day,
  loanFace,
  orNull,
  paidFrom,
  paymentId,
  reasonCode,
  waived,
} from '../event-fields.ts';

export const loanRepaid = defineEvent({
  type: 'loan.repaid',
  topic: 'loans',
  subject: 'loan',
  title: 'A payment was applied to a loan',
  description: 'Billing applied its part of a settled payment; what did not fit became credit of the customer.',
  data: Type.Object({
    ...loanFace,
    payment_id: paymentId,
    paid_from: paidFrom,
    value_date: day('Value date of the payment'),
    amount: amount('What was applied to this loan'),
    credited: amount('What was directed at this loan, did not fit and became credit'),
    waived,
    allocations,
    reason: orNull(reasonCode, 'Why not all of it fitted, as a code; null when it did'),
  }),
  example: {
    ...exampleFace,
    payment_id: examplePayment,
    value_date: '2026-01-08',
    amount: '44000.00',
    credited: '0.00',
    allocations: exampleAllocations,
    reason: null,
  },
});
export type LoanRepaid = Static<typeof loanRepaid.data>;
