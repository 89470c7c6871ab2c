import type { FieldError } from '@tenor/contracts';
import { isCurrency, parseAmount } from '@tenor/money';
import { MANUAL } from '../payments/payment.ts';
import { faultOf, methodFaults } from '../payments/payment-request.ts';
import type { RequestRefundBody } from './refunds.schemas.ts';

/** A refund to ask billing for. */
export interface RequestRefund {
  readonly customerId: string;
  /** Minor units, above zero. */
  readonly amount: bigint;
  readonly currency: string;
  readonly method: string;
  readonly externalId: string | null;
}

/** The command that a body asks for, or the faults that its schema cannot see. */
export function readRefundRequest(
  customerId: string,
  body: RequestRefundBody,
  providers: readonly string[],
): RequestRefund | { faults: FieldError[] } {
  const { amount: text, currency } = body.amount;
  if (!isCurrency(currency)) return { faults: [faultOf('unknown_currency', '/amount/currency')] };
  const method = body.method ?? MANUAL;
  const amount = parseAmount(text, currency);
  const faults = methodFaults(method, providers);
  if (typeof amount !== 'bigint') return { faults: [...faults, faultOf(amount, '/amount/amount')] };
  if (faults.length > 0) return { faults };
  return { customerId: customerId.toLowerCase(), amount, currency, method, externalId: body.external_id ?? null };
}
