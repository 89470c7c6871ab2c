import type { LocalDate } from '@tenor/calendar';
import { isPlaced, type LoanEvent, type PlacedEvent, type PlacedEventType } from './loan-event.ts';

/** An event's place in the fold; kept with the stored state, so that the next event can be compared with it. */
export interface SortKey {
  readonly valueDate: LocalDate;
  readonly rank: number;
  /** What the outside calls the event, else its payment's id, else its own. */
  readonly ref: string;
  /** Decides between payments that share an external reference. */
  readonly id: string;
}

/**
 * The order of kinds within a day (domain.md §4): lifecycle, disbursement, terms change (40), pause of
 * delinquency, its end, charge (50), payment and
 * use of credit, spending of what they left, waiver (70), write-off (80), recovery (90). Stored keys hold these
 * numbers: add, never renumber.
 */
const ranks: Readonly<Record<PlacedEventType, number>> = {
  opened: 0,
  approved: 10,
  rejected: 20,
  cancelled: 20,
  failed: 20,
  disbursed: 30,
  restructured: 40,
  delinquency_paused: 45,
  delinquency_resumed: 46,
  charged: 50,
  repaid: 60,
  credit_used: 60,
  credit_spent: 65,
  waived: 70,
  written_off: 80,
  recovered: 90,
};

export function sortKey(event: PlacedEvent): SortKey {
  const { type, valueDate } = event;
  const id = lotIdOf(event) ?? event.id;
  const ref = type === 'repaid' ? (event.payload.externalRef ?? id) : id;
  return { valueDate, rank: ranks[type], ref, id };
}

/** The place of a use of credit that is not recorded yet. */
export function placeOfUse(useId: string, on: LocalDate): SortKey {
  return { valueDate: on, rank: ranks.credit_used, ref: useId, id: useId };
}

/** The id of the payment, use of credit or recovery that this event brings to the loan; undefined for any other event. */
export function lotIdOf(event: PlacedEvent): string | undefined {
  switch (event.type) {
    case 'repaid':
      return event.payload.paymentId;
    case 'credit_used':
      return event.payload.useId;
    case 'recovered':
      return event.payload.recoveryId;
    default:
      return undefined;
  }
}

/** Negative when the first comes before the second in the fold. Never looks at `seq`. */
export function compareKeys(a: SortKey, b: SortKey): number {
  return (
    compareText(a.valueDate, b.valueDate) || a.rank - b.rank || compareText(a.ref, b.ref) || compareText(a.id, b.id)
  );
}

/** The events that the fold comes to before a place. What is spent of a payment counts wherever the spending stands. */
export function eventsBefore(events: readonly LoanEvent[], place: SortKey): LoanEvent[] {
  return events.filter(
    (event) => !isPlaced(event) || event.type === 'credit_spent' || compareKeys(sortKey(event), place) < 0,
  );
}

/** A point of view on a journal: what was in force at the end of `asOf`, as known at `knownAt`. */
export interface Viewpoint {
  readonly asOf?: LocalDate | undefined;
  /** RFC 3339 in UTC with six decimals, like the `recordedAt` that it is compared with. */
  readonly knownAt?: string | undefined;
}

/** The events of one loan that count from this viewpoint, in their order. A known reversal counts at every `asOf`. */
export function inFoldOrder(events: readonly LoanEvent[], { asOf, knownAt }: Viewpoint): PlacedEvent[] {
  return standingEvents(events, knownAt)
    .filter((event) => asOf === undefined || event.valueDate <= asOf)
    .map((event) => ({ event, key: sortKey(event) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ event }) => event);
}

/** Those that were recorded by then; undefined: all. */
export function knownEvents(events: readonly LoanEvent[], knownAt: string | undefined): readonly LoanEvent[] {
  return knownAt === undefined ? events : events.filter(({ recordedAt }) => recordedAt <= knownAt);
}

/** The events known at `knownAt` that were neither reversed nor given back by then, in the order of recording. */
export function standingEvents(events: readonly LoanEvent[], knownAt: string | undefined): PlacedEvent[] {
  const known = knownEvents(events, knownAt);
  const reversed = new Set<string>();
  const returned = new Set<string>();
  for (const event of known) {
    if (event.type === 'repayment_reversed') reversed.add(event.payload.paymentId);
    if (event.type === 'credit_returned') returned.add(event.payload.spendingId);
  }
  return known.filter(isPlaced).filter((event) => {
    if (event.type === 'repaid') return !reversed.has(event.payload.paymentId);
    return event.type !== 'credit_spent' || !returned.has(event.payload.spendingId);
  });
}

/** By code unit, so that every process orders alike whatever its locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
