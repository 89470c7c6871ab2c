import type { LocalDate } from '@tenor/calendar';
import type { LoanEvent, LoanEventOf, Recorded } from './loan-event.ts';

/** A payment that was made before the loan came here. */
export interface ImportedPayment {
  /** Its own value date. */
  readonly on: LocalDate;
  /** Decimal text in the loan's currency, above zero. */
  readonly amount: string;
}

/** All payments that an imported loan brought along, which the journal keeps as one row (docs/decisions/0028). */
export interface PaymentsImported extends Recorded {
  readonly type: 'payments_imported';
  readonly payload: {
    /** A UUID that ends in zeros, where the number of each payment takes its place. */
    readonly paymentsId: string;
    readonly payments: readonly ImportedPayment[];
  };
}

/** What the journal has a row of. */
export type JournalEvent = LoanEvent | PaymentsImported;

/** The last group of a UUID's hexadecimal digits that a payment's number may take. */
const NUMBER_DIGITS = 4;

/** The id under which the payments of an import stand; `id` is a new UUID of its own. */
export function importedPaymentsId(id: string): string {
  return `${id.slice(0, -NUMBER_DIGITS)}${'0'.repeat(NUMBER_DIGITS)}`;
}

/** The id of the payment with this number, from 1. */
export function importedPaymentId(paymentsId: string, number: number): string {
  return `${paymentsId.slice(0, -NUMBER_DIGITS)}${number.toString(16).padStart(NUMBER_DIGITS, '0')}`;
}

/**
 * What the fold takes for a row of the journal: itself, or one `repaid` for each imported payment, which has a value
 * date and an id of its own and shares the rest.
 */
export function loanEventsOf(event: JournalEvent): readonly LoanEvent[] {
  if (event.type !== 'payments_imported') return [event];
  const { seq, recordedAt, actor, payload } = event;
  return payload.payments.map(({ on, amount }, index): LoanEventOf<'repaid'> => {
    const paymentId = importedPaymentId(payload.paymentsId, index + 1);
    const repaid = { paymentId, externalRef: null, amount, origin: 'imported' } as const;
    return { type: 'repaid', id: paymentId, seq, valueDate: on, recordedAt, actor, payload: repaid };
  });
}
