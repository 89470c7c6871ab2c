import { formatAmount } from '@tenor/money';
import { type Pair, type Part, sum } from './reconciliation.ts';
import { type Standing, totalsOf } from './totals.ts';
import type { Differs, Verdict } from './watermark.ts';

/** One book's entry of a payment, as the API shows it. */
interface BookView {
  amount: { amount: string; currency: string };
  reversed: boolean;
}

/** A difference with what each book has. */
export function viewDifference({ paymentId, valueDate, ours, theirs }: Pair, { kind, remedy }: Differs) {
  return {
    payment_id: paymentId,
    customer_id: ours?.customerId ?? theirs?.credits[0]?.customerId ?? '',
    value_date: valueDate,
    kind,
    remedy,
    payment: ours === undefined ? null : viewBook(ours.amount, ours.currency, ours.isReversed),
    billing: viewBilling(theirs),
  };
}

function viewBilling(theirs: Pair['theirs']): BookView | null {
  const payments: readonly (Part & { currency: string })[] = theirs?.credits.filter(isOf('payment')) ?? [];
  const [first] = payments;
  if (first === undefined) return null;
  return viewBook(sum(payments), first.currency, theirs?.credits.some(isOf('reversal')) ?? false);
}

const isOf =
  (wanted: 'payment' | 'reversal') =>
  ({ kind }: { kind: string }): boolean =>
    kind === wanted;

function viewBook(minor: bigint, currency: string, reversed: boolean): BookView {
  return { amount: { amount: formatAmount(minor, currency), currency }, reversed };
}

/** The sums of what was compared on both sides, without what is in flight. */
export function viewTotals(verdicts: readonly Verdict[]) {
  const { payment, billing } = totalsOf(verdicts.filter(({ outcome }) => outcome !== 'in_flight'));
  return { payment: payment.map(viewStanding), billing: billing.map(viewStanding) };
}

function viewStanding({ currency, settled, reversed }: Standing) {
  return {
    currency,
    settled: { count: settled.count, amount: formatAmount(settled.amount, currency) },
    reversed: { count: reversed.count, amount: formatAmount(reversed.amount, currency) },
  };
}

/** How many payments are under way, and since when the oldest of them. */
export function viewInFlight(verdicts: readonly Verdict[]) {
  const recorded = verdicts.flatMap(({ outcome, ours }) => (outcome === 'in_flight' && ours ? [ours.recordedAt] : []));
  return { count: recorded.length, since: recorded.sort()[0] ?? null };
}
