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
 * The order of kinds within a day (domain.md §4): lifecycle, disbursement, terms change (40), charge (50), payment and
 * use of credit, waiver (70), write-off (80), recovery (90). Stored keys hold these numbers: add, never renumber.
 */
const ranks: Readonly<Record<PlacedEventType, number>> = {
  opened: 0,
  approved: 10,
  rejected: 20,
  cancelled: 20,
  disbursed: 30,
  repaid: 60,
};

export function sortKey(event: PlacedEvent): SortKey {
  const { type, valueDate } = event;
  if (type !== 'repaid') return { valueDate, rank: ranks[type], ref: event.id, id: event.id };
  const { externalRef, paymentId } = event.payload;
  return { valueDate, rank: ranks[type], ref: externalRef ?? paymentId, id: paymentId };
}

/** Negative when the first comes before the second in the fold. Never looks at `seq`. */
export function compareKeys(a: SortKey, b: SortKey): number {
  return (
    compareText(a.valueDate, b.valueDate) || a.rank - b.rank || compareText(a.ref, b.ref) || compareText(a.id, b.id)
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
  const known = knownAt === undefined ? events : events.filter(({ recordedAt }) => recordedAt <= knownAt);
  const reversed = new Set(known.flatMap((event) => (isPlaced(event) ? [] : [event.payload.paymentId])));
  return known
    .filter(isPlaced)
    .filter((event) => asOf === undefined || event.valueDate <= asOf)
    .filter((event) => event.type !== 'repaid' || !reversed.has(event.payload.paymentId))
    .map((event) => ({ event, key: sortKey(event) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ event }) => event);
}

/** By code unit, so that every process orders alike whatever its locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
