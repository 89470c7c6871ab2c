import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { owedInstalments } from './allocation.ts';
import type { Standing } from './payment-decision.ts';
import type { RecordPayment } from './payment-request.ts';

/** A payment of what is left of a loan's oldest unpaid instalment, whichever that is when it is recorded. */
export interface PayInstalment extends Omit<RecordPayment, 'amount' | 'currency' | 'allocations'> {
  readonly loanId: string;
  /** Of the instalment that it must be; null for whichever it is. */
  readonly number: number | null;
  /** What must be left of it, in minor units; null for whatever is. */
  readonly expected: { readonly amount: bigint; readonly currency: string } | null;
  /** Whether it may be paid before its period has begun, which is the day after the instalment before was due. */
  readonly isInAdvance: boolean;
}

/**
 * The payment that is asked for, on the day that it is for the loan. Refuses `not_found` for a loan and for an instalment
 * that there is not, `state_conflict` for a loan that is not paid out and for an instalment that is not the oldest unpaid,
 * `currency_mismatch`, `payment_not_exact` for another amount, and `nothing_owed` when all is paid, and before its period.
 */
export function instalmentPayment(
  { loanId, number, expected, isInAdvance, ...payment }: PayInstalment,
  { loans, reserved }: Standing,
  today: LocalDate,
): RecordPayment | Refusal {
  const loan = loans.find((each) => each.loanId === loanId);
  if (loan === undefined) return { refused: 'not_found', detail: 'The customer has no such loan.' };
  const { status, currency, dueDates } = loan;
  if (status === 'pending' || status === 'approved') {
    const detail = `The loan is ${status}: it takes payments once it is disbursed.`;
    return { refused: 'state_conflict', detail, meta: { loan_id: loanId, status } };
  }
  if (number !== null && number > dueDates.length) {
    return { refused: 'not_found', detail: `The loan has no instalment ${number}.` };
  }
  const [oldest] = owedInstalments(loan, reserved.get(loanId) ?? 0n, today);
  if (oldest === undefined) {
    return { refused: 'nothing_owed', detail: 'The loan is paid, once the payments under way are counted.' };
  }
  if (number !== null && number !== oldest.number) {
    const detail = `Instalment ${number} is not the oldest that is unpaid, which is ${oldest.number}.`;
    return { refused: 'state_conflict', detail, meta: { loan_id: loanId, oldest: oldest.number } };
  }
  const { amount } = oldest;
  if (expected !== null && expected.currency !== currency) {
    return { refused: 'currency_mismatch', detail: `The loan is in ${currency}.`, meta: { currencies: [currency] } };
  }
  if (expected !== null && expected.amount !== amount) {
    const left = formatAmount(amount, currency);
    const detail = `The amount must be what is left of the instalment: ${left}.`;
    return { refused: 'payment_not_exact', detail, meta: { amounts: [left], currency, loan_id: loanId } };
  }
  const before = dueDates[oldest.number - 2];
  if (!isInAdvance && before !== undefined && before >= today) {
    const detail = `Nothing more is owed until ${before}; instalment ${oldest.number} would be paid in advance.`;
    return { refused: 'nothing_owed', detail, meta: { loan_id: loanId } };
  }
  return { ...payment, amount, currency, allocations: [{ loanId, amount }] };
}
