import type { AnyEvent } from '@tenor/contracts';
import { minorUnits } from '../loan-accounts/minor-units.ts';
import type { BillingAnswer } from './payment.ts';

/**
 * What an event says of a payment; undefined when it says nothing. An excess that lies with a loan is told twice,
 * by the loan and by the customer's credit: the loan's figure counts here, and of the customer's credit only what
 * came in without a loan; of the rest, that it was told. What becomes of credit later, used, refunded or given back, changes no payment.
 */
export function answerOf(event: AnyEvent): BillingAnswer | undefined {
  switch (event.type) {
    case 'loan.repaid':
    case 'loan.repayment_reallocated':
      if ((event.data.paid_from ?? 'payment') !== 'payment') return undefined;
      return {
        kind: 'applied',
        paymentId: event.data.payment_id,
        loanId: event.data.loan_id,
        applied: minorUnits(event.data.amount, event.data.currency),
        credited: minorUnits(event.data.credited, event.data.currency),
      };
    case 'loan.repayment_reversed':
      return { kind: 'taken_back', paymentId: event.data.payment_id, loanId: event.data.loan_id };
    case 'customer.credited':
      if (event.data.refund_id !== undefined) return undefined;
      if (event.data.loan_id !== null) return { kind: 'credit_told', paymentId: event.data.payment_id };
      return {
        kind: 'credited',
        paymentId: event.data.payment_id,
        amount: minorUnits(event.data.amount, event.data.currency),
      };
    case 'customer.credit_reclaimed':
      if (event.data.loan_id !== null) return undefined;
      return { kind: 'taken_back', paymentId: event.data.payment_id, loanId: null };
    default:
      return undefined;
  }
}
