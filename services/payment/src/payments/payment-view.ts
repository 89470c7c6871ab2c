import { formatAmount } from '@tenor/money';
import { firstStatus, type Payment, type PaymentStatus } from './payment.ts';

/** A payment as the API shows it. */
export interface PaymentView {
  id: string;
  status: PaymentStatus;
  customer_id: string;
  amount: { amount: string; currency: string };
  value_date: string;
  recorded_at: string;
  method: string;
  external_id: string | null;
  allocations: { loan_id: string; amount: string }[];
  unapplied: string;
  reject_code: Payment['rejectCode'];
  failure_code: string | null;
}

/** As it is now: what billing applied once the payment is applied, and what was asked for in any other status. */
export function viewPayment(payment: Payment): PaymentView {
  return payment.status === 'applied' ? viewApplied(payment) : view(payment, payment.status, 'asked');
}

/** As its recording was first answered, whatever has happened to it since. */
export function viewFirst(payment: Payment): PaymentView {
  return view(payment, firstStatus(payment), 'asked');
}

/** As it was once billing had applied it, also when it has been taken back since. */
export function viewApplied(payment: Payment): PaymentView {
  return view(payment, 'applied', 'applied');
}

function view(payment: Payment, status: PaymentStatus, figure: 'asked' | 'applied'): PaymentView {
  const amountOf = (minor: bigint) => formatAmount(minor, payment.currency);
  const allocations = payment.pieces.flatMap((piece) =>
    piece.loanId !== null && piece[figure] > 0n ? [{ loanId: piece.loanId, minor: piece[figure] }] : [],
  );
  const allocated = allocations.reduce((sum, { minor }) => sum + minor, 0n);
  return {
    id: payment.id,
    status,
    customer_id: payment.customerId,
    amount: { amount: amountOf(payment.amount), currency: payment.currency },
    value_date: payment.valueDate,
    recorded_at: payment.recordedAt,
    method: payment.method,
    external_id: payment.externalId,
    allocations: allocations.map(({ loanId, minor }) => ({ loan_id: loanId, amount: amountOf(minor) })),
    unapplied: amountOf(payment.amount - allocated),
    reject_code: payment.rejectCode,
    failure_code: status === 'failed' ? payment.failureCode : null,
  };
}
