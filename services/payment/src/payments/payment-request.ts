import { date, type LocalDate } from '@tenor/calendar';
import type { FieldError } from '@tenor/contracts';
import { type AmountProblem, isCurrency, parseAmount } from '@tenor/money';
import type { Part } from './allocation.ts';
import type { RecordPaymentBody } from './payments.schemas.ts';

/** A payment to record, as the client asks for it. */
export interface RecordPayment {
  customerId: string;
  /** Minor units, above zero. */
  amount: bigint;
  currency: string;
  /** Null for the business date. */
  valueDate: LocalDate | null;
  method: 'manual';
  externalId: string | null;
  /** Null to pay the oldest instalments of all loans. */
  allocations: readonly Part[] | null;
}

const messages: Readonly<Record<AmountProblem, string>> = {
  unknown_currency: 'is not an active currency',
  malformed: 'is not an amount',
  too_many_decimals: 'has more decimals than its currency',
  too_large: 'is too large',
};

/** The command that a body asks for, or the faults of its amounts that only the currency shows. */
export function readPaymentRequest(body: RecordPaymentBody): RecordPayment | { faults: FieldError[] } {
  const { amount, currency } = body.amount;
  if (!isCurrency(currency)) return { faults: [faultOf('unknown_currency', '/amount/currency')] };
  const faults: FieldError[] = [];
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
    method: body.method ?? 'manual',
    externalId: body.external_id ?? null,
    allocations:
      body.allocations?.map((part, index) => ({
        loanId: part.loan_id.toLowerCase(),
        amount: minorUnits(part.amount, `/allocations/${index}/amount`),
      })) ?? null,
  };
  return faults.length > 0 ? { faults } : command;
}

function faultOf(code: AmountProblem, pointer: string): FieldError {
  return { pointer, code, message: messages[code] };
}
