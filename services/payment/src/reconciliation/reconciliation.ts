import type { LocalDate } from '@tenor/calendar';

/** Minor units that a payment brought to one loan, or (without a loan) to the customer's credit balance. */
export interface Part {
  readonly loanId: string | null;
  readonly applied: bigint;
  readonly credited: bigint;
}

/** A payment that settled, as this service keeps it. */
export interface SettledPayment {
  readonly paymentId: string;
  readonly customerId: string;
  readonly valueDate: LocalDate;
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

/** A payment as billing's books have it. */
export interface AppliedPayment {
  readonly paymentId: string;
  /** The date under which billing lists it. */
  readonly valueDate: LocalDate;
  readonly credits: readonly Credit[];
}

/** What can be done about a difference without a person: an event published again, or billing's answer taken over. */
export type Remedy = 'republish_settled' | 'republish_reversed' | 'take_answer';

export const differenceKinds = [
  'unknown_payment',
  'applied_twice',
  'customer_differs',
  'not_applied',
  'record_missing',
  'currency_differs',
  'amount_differs',
  'value_date_differs',
  'not_reversed',
  'reversed_by_billing',
  'answer_missing',
  'parts_differ',
  'put_aside',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export interface Difference {
  readonly kind: DifferenceKind;
  /** Null for what only a person can place. */
  readonly remedy: Remedy | null;
}

/** One payment in both books; at least one of them has it. */
export interface Pair {
  readonly paymentId: string;
  readonly valueDate: LocalDate;
  readonly ours: SettledPayment | undefined;
  readonly theirs: AppliedPayment | undefined;
}

/**
 * The first difference between both books of one payment, in the order of `differenceKinds`; undefined when they
 * agree. What is only under way looks like a difference too: see `watermark.ts`.
 */
export function compare({ ours, theirs }: Pick<Pair, 'ours' | 'theirs'>): Difference | undefined {
  if (ours === undefined) return byPerson('unknown_payment');
  const credits = theirs?.credits ?? [];
  const customers = new Set(credits.map(({ customerId }) => customerId));
  if (customers.size > 1) return byPerson('applied_twice');
  if (customers.size === 1 && !customers.has(ours.customerId)) return byPerson('customer_differs');
  const payments = credits.filter(({ kind }) => kind === 'payment');
  if (payments.length === 0) return notApplied(ours);
  if (payments.some(({ currency }) => currency !== ours.currency)) return byPerson('currency_differs');
  if (sum(payments) !== ours.amount) return byPerson('amount_differs');
  if (theirs !== undefined && theirs.valueDate !== ours.valueDate) return byPerson('value_date_differs');
  return (
    compareReversals(
      ours,
      payments,
      credits.filter(({ kind }) => kind === 'reversal'),
    ) ?? compareAnswers(ours, payments)
  );
}

function notApplied({ isAnswered }: SettledPayment): Difference {
  if (isAnswered) return byPerson('record_missing');
  return { kind: 'not_applied', remedy: 'republish_settled' };
}

function compareReversals(
  ours: SettledPayment,
  payments: readonly Credit[],
  reversals: readonly Credit[],
): Difference | undefined {
  if (!ours.isReversed) return reversals.length > 0 ? byPerson('reversed_by_billing') : undefined;
  if (reversals.length === 0) {
    return { kind: 'not_reversed', remedy: ours.reversalUnanswered ? 'republish_reversed' : null };
  }
  return isSameParts(payments, reversals) ? undefined : byPerson('amount_differs');
}

/** Billing has done it all: whether this service has heard so, and as it was. */
function compareAnswers(ours: SettledPayment, payments: readonly Credit[]): Difference | undefined {
  if (!ours.isAnswered || ours.reversalUnanswered) return { kind: 'answer_missing', remedy: 'take_answer' };
  return isSameParts(ours.parts, payments) ? undefined : byPerson('parts_differ');
}

const byPerson = (kind: DifferenceKind): Difference => ({ kind, remedy: null });

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

/** Where a payment stands in both lists: they are in this order. */
export interface Position {
  readonly valueDate: LocalDate;
  readonly paymentId: string;
}

/** A stretch of an ordered list, and whether the list goes on behind it. */
export interface Stretch<Item extends Position> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

/**
 * Joins the same stretch of both lists by date and id, as far as both are known: what lies behind the end of one that
 * goes on is left for the next stretch.
 */
export function join(
  ours: Stretch<SettledPayment>,
  theirs: Stretch<AppliedPayment>,
): { pairs: Pair[]; hasMore: boolean } {
  const pairs = new Map<string, Pair>();
  for (const item of theirs.items) pairs.set(keyOf(item), pairOf(item, undefined, item));
  for (const item of ours.items) pairs.set(keyOf(item), pairOf(item, item, pairs.get(keyOf(item))?.theirs));
  const ends = [ours, theirs].flatMap(({ items, hasMore }) => (hasMore ? [keyOf(items.at(-1))] : []));
  const end = ends.sort()[0];
  const known = [...pairs].filter(([key]) => end === undefined || key <= end);
  return { pairs: known.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair), hasMore: end !== undefined };
}

function pairOf({ paymentId, valueDate }: Position, ours: Pair['ours'], theirs: Pair['theirs']): Pair {
  return { paymentId, valueDate, ours, theirs };
}

function keyOf(item: Position | undefined): string {
  if (item === undefined) throw new Error('A list that goes on has an empty stretch');
  return `${item.valueDate} ${item.paymentId}`;
}
