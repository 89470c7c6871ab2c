import { date } from '@tenor/calendar';
import type { PaymentReversed, PaymentSettled } from '@tenor/contracts';
import { parseAmount } from '@tenor/money';
import type { SettledPayment } from './repayment.ts';

interface Addressed {
  readonly customerId: string;
  readonly paymentId: string;
  /** W3C trace context of the event; what it causes belongs to the same trace. */
  readonly traceparent: string | undefined;
}

/** A settled payment, to be spread over the customer's loans. */
export interface SettleInstruction extends Addressed, SettledPayment {
  readonly kind: 'settled';
  readonly externalRef: string | null;
}

/** A payment to be taken back from every loan. */
export interface ReverseInstruction extends Addressed {
  readonly kind: 'reversed';
  readonly currency: string;
  readonly as: 'reversal' | 'chargeback';
}
export type PaymentInstruction = SettleInstruction | ReverseInstruction;

interface PaymentEvent {
  readonly type: string;
  readonly data: unknown;
  readonly traceparent?: string | undefined;
}

/** What an event of the payment service asks of billing; undefined for one that moves no money. */
export function instructionOf({ type, data, traceparent }: PaymentEvent): PaymentInstruction | undefined {
  if (type === 'payment.settled') return settled(data as PaymentSettled, traceparent);
  if (type === 'payment.reversed') return reversed(data as PaymentReversed, traceparent);
  return undefined;
}

function settled(data: PaymentSettled, traceparent: string | undefined): SettleInstruction {
  const { currency } = data;
  return {
    kind: 'settled',
    customerId: data.customer_id,
    paymentId: data.payment_id,
    traceparent,
    externalRef: data.external_ref,
    currency,
    amount: minorOf(data.amount, currency),
    valueDate: date(data.value_date),
    allocation: data.allocation,
    allocations: data.allocations.map(({ loan_id: loanId, amount }) => ({ loanId, amount: minorOf(amount, currency) })),
  };
}

function reversed(data: PaymentReversed, traceparent: string | undefined): ReverseInstruction {
  const { customer_id: customerId, payment_id: paymentId, currency, kind } = data;
  return { kind: 'reversed', customerId, paymentId, currency, as: kind, traceparent };
}

/** An amount that the payment service accepted; anything else is a broken invariant and goes to the dead letters. */
function minorOf(text: string, currency: string): bigint {
  const minor = parseAmount(text, currency);
  if (typeof minor !== 'bigint') throw new Error(`"${text}" is no amount of ${currency}: ${minor}`);
  return minor;
}
