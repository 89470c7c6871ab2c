import type { PaymentReversed, PaymentSettled } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import type { Payment, ReversalKind } from './payment.ts';

/** What published events say of a payment: their data, the same at the first time and whenever they are rebuilt. */

/** Of a payment on its way (`payment.received`) and of one that is here (`payment.settled`). */
export function settledData(payment: Omit<Payment, 'recordedAt'>): PaymentSettled {
  const amountOf = (minor: bigint) => formatAmount(minor, payment.currency);
  return {
    ...paidData(payment),
    external_ref: payment.externalRef,
    value_date: payment.valueDate,
    method: payment.method,
    allocation: payment.allocation,
    // Pieces that ask for nothing are billing's own choice, made later.
    allocations: payment.pieces.flatMap(({ loanId, asked }) =>
      loanId === null || asked === 0n ? [] : [{ loan_id: loanId, amount: amountOf(asked) }],
    ),
  };
}

export function reversedData(
  payment: Omit<Payment, 'recordedAt'>,
  kind: ReversalKind,
  reason: string | null,
): PaymentReversed {
  return { ...paidData(payment), kind, reason };
}

/** What each event of a payment says. */
export function paidData({ id, customerId, currency, amount }: Omit<Payment, 'recordedAt'>) {
  return { payment_id: id, customer_id: customerId, currency, amount: formatAmount(amount, currency) };
}
