import type { References } from '@tenor/contracts';
import type { PaymentStatus } from '../../payments/payment.ts';
import type { PaymentView } from '../../payments/payment-view.ts';

/** In what this API counts money. */
export const MO_CURRENCY = 'USD';

/** 1 completed, 2 rejected. What a provider has not answered yet is not to be paid again. */
const statuses: Readonly<Record<PaymentStatus, number>> = {
  pending: 1,
  settled: 1,
  applied: 1,
  failed: 2,
  rejected: 2,
  reversed: 2,
};

/** A payment as this API shows it, with what its clients call the customer and the loans. */
export function moPaymentJson(payment: PaymentView, number: number, { customers, loans }: References) {
  const nameOf = (id: string): string | null => loans.find((loan) => loan.id === id)?.external_id ?? null;
  return {
    id: number,
    external_id: payment.external_id,
    customer_external_id: customers.find(({ id }) => id === payment.customer_id)?.external_id ?? null,
    paid_at: payment.recorded_at,
    status: statuses[payment.status],
    total_amount: payment.amount.amount,
    payment_details: payment.allocations.map(({ loan_id: id, amount }) => ({
      loan_external_id: nameOf(id),
      payment_amount: amount,
    })),
  };
}

/** Decimal text without zeros behind the second decimal, which say nothing. */
export const toCents = (plain: string): string => plain.replace(/(\.\d\d)0+$/, '$1');
