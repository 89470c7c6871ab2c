import { date, type LocalDate } from '@tenor/calendar';
import type { FieldError } from '@tenor/contracts';
import { type AmountProblem, isCurrency, parseAmount } from '@tenor/money';
import type { Part } from './allocation.ts';
import { MANUAL } from './payment.ts';
import type { PaymentManner } from './payment-decision.ts';
import type { RecordPaymentBody } from './payments.schemas.ts';

/** A payment to record, as the client asks for it. */
export interface RecordPayment {
  customerId: string;
  /** Minor units, above zero. */
  amount: bigint;
  currency: string;
  /** Null for the business date. */
  valueDate: LocalDate | null;
  /** `manual`, or the name of a provider. */
  method: string;
  externalId: string | null;
  /** Null to pay the oldest instalments of all loans. */
  allocations: readonly Part[] | null;
  manner?: PaymentManner;
}

const messages: Readonly<Record<AmountProblem, string>> = {
  unknown_currency: 'is not an active currency',
  malformed: 'is not an amount',
  too_many_decimals: 'has more decimals than its currency',
  too_large: 'is too large',
};

/**
 * The command that a body asks for, or the faults that its schema cannot see: amounts that do not fit the currency, and
 * a method that is no provider's name.
 */
export function readPaymentRequest(
  body: RecordPaymentBody,
  providers: readonly string[],
): RecordPayment | { faults: FieldError[] } {
  const { amount, currency } = body.amount;
  if (!isCurrency(currency)) return { faults: [faultOf('unknown_currency', '/amount/currency')] };
  const faults: FieldError[] = [];
  const method = body.method ?? MANUAL;
  faults.push(...methodFaults(method, providers));
  const minorUnits = (text: string, pointer: string): bigint => {
    const minor = parseAmount(text, currency);
    if (typeof minor === 'bigint') return minor;
    faults.push(faultOf(minor, pointer));
    return 0n;
  };
  const command: RecordPayment = {
    customerId: body.customer_id.toLowerCase(),
    amount: minorUnits(amount, '/amount/amount'),
    currency,
    valueDate: body.value_date === undefined ? null : date(body.value_date),
    method,
    externalId: body.external_id ?? null,
    allocations:
      body.allocations?.map((part, index) => ({
        loanId: part.loan_id.toLowerCase(),
        amount: minorUnits(part.amount, `/allocations/${index}/amount`),
      })) ?? null,
  };
  return faults.length > 0 ? { faults } : command;
}

/** Whether money can go this way: by hand, or through one of the providers. */
export function methodFaults(method: string, providers: readonly string[]): FieldError[] {
  const methods = [MANUAL, ...providers];
  if (methods.includes(method)) return [];
  return [{ pointer: '/method', code: 'enum', message: `must be one of: ${methods.join(', ')}` }];
}

export function faultOf(code: AmountProblem, pointer: string): FieldError {
  return { pointer, code, message: messages[code] };
}
