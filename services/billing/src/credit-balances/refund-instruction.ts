import type { AnyEvent } from '@tenor/contracts';
import { parseAmount } from '@tenor/money';

/** What the payment service asks or tells of a refund. */
export interface RefundInstruction {
  readonly kind: 'requested' | 'paid_out' | 'failed';
  readonly customerId: string;
  readonly refundId: string;
  readonly currency: string;
  /** Minor units, above zero. */
  readonly amount: bigint;
}

/** What an event of the payment service says of a refund; undefined for any other event. */
export function refundInstructionOf(event: Pick<AnyEvent, 'type' | 'data'>): RefundInstruction | undefined {
  switch (event.type) {
    case 'payment.refund_requested':
      return instruction('requested', event.data as RefundData);
    case 'payment.refund_paid_out':
      return instruction('paid_out', event.data as RefundData);
    case 'payment.refund_failed':
      return instruction('failed', event.data as RefundData);
    default:
      return undefined;
  }
}

interface RefundData {
  readonly refund_id: string;
  readonly customer_id: string;
  readonly currency: string;
  readonly amount: string;
}

function instruction(kind: RefundInstruction['kind'], data: RefundData): RefundInstruction {
  const { refund_id: refundId, customer_id: customerId, currency } = data;
  const amount = parseAmount(data.amount, currency);
  if (typeof amount !== 'bigint') throw new Error(`"${data.amount}" is no amount of ${currency}: ${amount}`);
  return { kind, refundId, customerId, currency, amount };
}
