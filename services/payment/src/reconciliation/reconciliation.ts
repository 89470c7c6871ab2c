import { byPerson, type Difference, type PaymentRemedy } from './difference.ts';
import type { Pair, Position } from './stretch.ts';

/** Minor units that a payment brought to one loan, or (without a loan) to the customer's credit balance. */
export interface Part {
  readonly loanId: string | null;
  readonly applied: bigint;
  readonly credited: bigint;
}

/** A payment that settled, as this service keeps it, under its value date. */
export interface SettledPayment extends Position {
  readonly customerId: string;
  readonly currency: string;
  /** Minor units, above zero. */
  readonly amount: bigint;
  /** RFC 3339. */
  readonly recordedAt: string;
  readonly isReversed: boolean;
  /** Whether billing has answered for the whole amount. */
  readonly isAnswered: boolean;
  /** Whether billing still has to answer the reversal. */
  readonly reversalUnanswered: boolean;
  /** As billing told them; parts of nothing are left out. */
  readonly parts: readonly Part[];
}

/** What billing did with one part of a payment. */
export interface Credit extends Part {
  readonly customerId: string;
  readonly kind: 'payment' | 'reversal';
  readonly currency: string;
}

/** A payment as billing's books have it, under the value date that it has there. */
export interface AppliedPayment extends Position {
  readonly credits: readonly Credit[];
}

type Both = Pick<Pair<SettledPayment, AppliedPayment>, 'ours' | 'theirs'>;

/**
 * The first difference between both books of one payment, in the order of `differenceKinds`; undefined when they
 * agree. What is only under way looks like a difference too: see `watermark.ts`.
 */
export function compare({ ours, theirs }: Both): Difference<PaymentRemedy> | undefined {
  if (ours === undefined) return byPerson('unknown_payment');
  const credits = theirs?.credits ?? [];
  const customers = new Set(credits.map(({ customerId }) => customerId));
  if (customers.size > 1) return byPerson('applied_twice');
  if (customers.size === 1 && !customers.has(ours.customerId)) return byPerson('customer_differs');
  const payments = credits.filter(({ kind }) => kind === 'payment');
  if (payments.length === 0) return notApplied(ours);
  if (payments.some(({ currency }) => currency !== ours.currency)) return byPerson('currency_differs');
  if (sum(payments) !== ours.amount) return byPerson('amount_differs');
  if (theirs !== undefined && theirs.date !== ours.date) return byPerson('value_date_differs');
  return (
    compareReversals(
      ours,
      payments,
      credits.filter(({ kind }) => kind === 'reversal'),
    ) ?? compareAnswers(ours, payments)
  );
}

function notApplied({ isAnswered }: SettledPayment): Difference<PaymentRemedy> {
  if (isAnswered) return byPerson('record_missing');
  return { kind: 'not_applied', remedy: 'republish_settled' };
}

function compareReversals(
  ours: SettledPayment,
  payments: readonly Credit[],
  reversals: readonly Credit[],
): Difference<PaymentRemedy> | undefined {
  if (!ours.isReversed) return reversals.length > 0 ? byPerson('reversed_by_billing') : undefined;
  if (reversals.length === 0) {
    return { kind: 'not_reversed', remedy: ours.reversalUnanswered ? 'republish_reversed' : null };
  }
  return isSameParts(payments, reversals) ? undefined : byPerson('amount_differs');
}

/** Billing has done it all: whether this service has heard so, and as it was. */
function compareAnswers(ours: SettledPayment, payments: readonly Credit[]): Difference<PaymentRemedy> | undefined {
  if (!ours.isAnswered || ours.reversalUnanswered) return { kind: 'answer_missing', remedy: 'take_answer' };
  return isSameParts(ours.parts, payments) ? undefined : byPerson('parts_differ');
}

/** Minor units of all parts together. */
export function sum(parts: readonly Part[]): bigint {
  return parts.reduce((total, { applied, credited }) => total + applied + credited, 0n);
}

function isSameParts(some: readonly Part[], others: readonly Part[]): boolean {
  const text = (parts: readonly Part[]) =>
    parts
      .filter((part) => sum([part]) > 0n)
      .map(({ loanId, applied, credited }) => `${loanId} ${applied} ${credited}`)
      .sort()
      .join();
  return text(some) === text(others);
}
