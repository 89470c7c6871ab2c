import type { LoanEventOf, PlacedEvent, PlacedEventType } from '../loans/loan-event.ts';
import { dayInWords } from '../quotes/words.ts';
import type { Cause } from './trace.ts';

type Words = { readonly [Type in PlacedEventType]?: (event: LoanEventOf<Type>) => string };

const events: Words = {
  opened: () => 'Loan applied for',
  approved: () => 'Loan approved',
  rejected: () => 'Application turned down',
  cancelled: () => 'Loan cancelled',
  disbursed: ({ payload: { settles } }) =>
    settles === undefined ? 'Loan paid out' : `Loan paid out; ${settles.amount} of it paid off loan ${settles.loanId}`,
  restructured: ({ payload }) => `New plan: ${payload.change.kind.replaceAll('_', ' ')}`,
  delinquency_paused: ({ payload }) =>
    payload.until === null ? 'Lateness paused' : `Lateness paused until ${dayInWords(payload.until)}`,
  delinquency_resumed: () => 'Lateness counts again',
  charged: ({ payload }) => `${payload.component === 'fee' ? 'Fee' : 'Penalty'}: ${payload.code}`,
  waived: ({ payload }) => `Waiver of ${payload.component}`,
  repaid: () => 'Payment',
  credit_used: () => 'Paid from credit',
  credit_spent: ({ payload }) => (payload.kind === 'refund' ? 'Credit refunded' : 'Credit used for another loan'),
  written_off: () => 'Written off',
  recovered: () => 'Recovered of what was written off',
};

/** What happened, as a borrower reads it; an event without words of its own goes by its type. */
export function causeInWords(cause: Cause): string {
  if (cause.kind === 'event') return eventInWords(cause.effect.event);
  const { from, through } = cause;
  return from === through
    ? `Late on ${dayInWords(from)}`
    : `Days passed from ${dayInWords(from)} to ${dayInWords(through)}`;
}

function eventInWords(event: PlacedEvent): string {
  // The table pairs each type with its own words, which TypeScript cannot follow through a union of keys.
  const words = events[event.type] as ((of: PlacedEvent) => string) | undefined;
  return words?.(event) ?? event.type.replaceAll('_', ' ');
}
