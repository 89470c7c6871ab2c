import { formatAmount } from '@tenor/money';
import type { ImportedSum } from './billing-books.ts';
import type { Difference, PaymentRemedy, RefundRemedy } from './difference.ts';
import { type AppliedPayment, type Part, type SettledPayment, sum } from './reconciliation.ts';
import type { DecidedRefund, KnownRefund } from './refund-comparison.ts';
import type { Pair } from './stretch.ts';
import { type Standing, totalsOf } from './totals.ts';

/** A payment that differs, with what each book has. */
export function viewPayment({
  id,
  date,
  ours,
  theirs,
  kind,
  remedy,
}: Pair<SettledPayment, AppliedPayment> & Difference<PaymentRemedy>) {
  return {
    payment_id: id,
    customer_id: ours?.customerId ?? theirs?.credits[0]?.customerId ?? '',
    value_date: date,
    kind,
    remedy,
    payment: ours === undefined ? null : viewBook(ours.amount, ours.currency, ours.isReversed),
    billing: viewApplied(theirs),
  };
}

function viewApplied(theirs: AppliedPayment | undefined) {
  const payments: readonly (Part & { currency: string })[] = theirs?.credits.filter(isOf('payment')) ?? [];
  const [first] = payments;
  if (first === undefined) return null;
  return viewBook(sum(payments), first.currency, theirs?.credits.some(isOf('reversal')) ?? false);
}

const isOf =
  (wanted: 'payment' | 'reversal') =>
  ({ kind }: { kind: string }): boolean =>
    kind === wanted;

function viewBook(minor: bigint, currency: string, reversed: boolean) {
  return { amount: viewMoney(minor, currency), reversed };
}

/** A refund that differs, with what each book has. */
export function viewRefund({
  id,
  date,
  ours,
  theirs,
  kind,
  remedy,
}: Pair<KnownRefund, DecidedRefund> & Difference<RefundRemedy>) {
  const [decision] = theirs?.decisions ?? [];
  return {
    refund_id: id,
    customer_id: ours?.customerId ?? decision?.customerId ?? '',
    date,
    kind,
    remedy,
    payment: ours === undefined ? null : viewStatus(ours),
    billing: decision === undefined ? null : viewStatus(decision),
  };
}

function viewStatus({ amount, currency, status }: { amount: bigint; currency: string; status: string }) {
  return { amount: viewMoney(amount, currency), status };
}

const viewMoney = (minor: bigint, currency: string) => ({ amount: formatAmount(minor, currency), currency });

type Seen<Ours, Theirs> = Pick<Pair<Ours, Theirs>, 'ours' | 'theirs'> & { readonly outcome: unknown };

/** The sums of the payments that were compared on both sides, without what is in flight. */
export function viewTotals(judged: readonly Seen<SettledPayment, AppliedPayment>[]) {
  const { payment, billing } = totalsOf(judged.filter(({ outcome }) => outcome !== 'in_flight'));
  return { payment: payment.map(viewStanding), billing: billing.map(viewStanding) };
}

function viewStanding({ currency, settled, reversed }: Standing) {
  return {
    currency,
    settled: { count: settled.count, amount: formatAmount(settled.amount, currency) },
    reversed: { count: reversed.count, amount: formatAmount(reversed.amount, currency) },
  };
}

/** What billing took over with loans, and nobody can compare. */
export function viewImported({ currency, count, amount }: ImportedSum) {
  return { currency, count, amount: formatAmount(amount, currency) };
}

/** How many are under way, and since when the oldest of them. */
export function viewInFlight(judged: readonly Seen<{ readonly recordedAt: string }, unknown>[]) {
  const recorded = judged.flatMap(({ outcome, ours }) => (outcome === 'in_flight' && ours ? [ours.recordedAt] : []));
  return { count: recorded.length, since: recorded.sort()[0] ?? null };
}
