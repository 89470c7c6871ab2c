import { type Refusal, topics } from '@tenor/contracts';
import { type Database, isRefusal, type TopicEnd } from '@tenor/service-kit';
import type { BillingBook, BillingBooks, BillingLook, Dates } from './billing-books.ts';
import type { Difference, DifferenceKind, Remedy } from './difference.ts';
import type { OwnLook } from './own-look.store.ts';
import { join, type Pair, type Position, type Stretch } from './stretch.ts';
import { type Differs, type Verdict, verdictOf } from './watermark.ts';

export interface ReconciliationService {
  readonly database: Database;
  readonly books: BillingBooks;
  /** The consumer that projects billing's events, and the topics that it reads. */
  readonly projection: { readonly consumer: string; readonly topics: readonly string[] };
  /** Where the customer's partition of a topic ends, asked of the broker now. */
  readonly endOf: (topic: string, customerId: string) => Promise<TopicEnd>;
  readonly pause: (ms: number) => Promise<void>;
  readonly counters: {
    differs(kind: DifferenceKind): void;
    healed(remedy: Remedy): void;
  };
}

/** An entry of this service's books, as far as every kind of them has the same. */
export interface Entry extends Position {
  readonly customerId: string;
  /** RFC 3339. */
  readonly recordedAt: string;
}

/** The same thing in both services' books, and how its entries compare. */
export interface TwoBooks<Ours extends Entry, Theirs extends Position, Cure extends Remedy> {
  list(dates: Dates, after: Position | undefined, limit: number): Promise<Stretch<Ours>>;
  look(ids: readonly string[]): Promise<OwnLook<Ours>>;
  readonly billing: BillingBook<Theirs>;
  readonly compare: (both: Pick<Pair<Ours, Theirs>, 'ours' | 'theirs'>) => Difference<Cure> | undefined;
}

export interface CompareBooks {
  readonly dates: Dates;
  /** The last entry that was compared; undefined to begin. */
  readonly after: Position | undefined;
  /** Ends after so many differences. */
  readonly limit: number;
}

/** An entry that was compared, at its place in the list. */
export interface Judged<Ours, Theirs, Cure extends Remedy> extends Position, Verdict<Ours, Theirs, Cure> {}

export interface Compared<Ours, Theirs, Cure extends Remedy> {
  readonly judged: readonly Judged<Ours, Theirs, Cure>[];
  /** After which entry to go on; null when all dates are compared. */
  readonly next: Position | null;
}

const ENTRIES_PER_STEP = 200;
/** So that a call ends in time; the next goes on where it stopped. */
const STEPS_MAX = 25;
const ENTRIES_PER_LOOK = 100;
/** How often a call looks again at what is under way, and after how long. */
const SECOND_LOOKS_MAX = 6;
const SECOND_LOOK_AFTER_MS = 250;

/** Compares two books over some dates, a bounded part of them at once. Refuses `billing_unavailable`. */
export async function compareBooks<Ours extends Entry, Theirs extends Position, Cure extends Remedy>(
  service: ReconciliationService,
  books: TwoBooks<Ours, Theirs, Cure>,
  { dates, after, limit }: CompareBooks,
): Promise<Compared<Ours, Theirs, Cure> | Refusal> {
  const judged: Judged<Ours, Theirs, Cure>[] = [];
  const patience = { left: SECOND_LOOKS_MAX };
  let from = after;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const found = await judgeStep(service, books, { dates, after: from }, patience);
    if (isRefusal(found)) return found;
    for (const [index, item] of found.items.entries()) {
      judged.push(item);
      const [difference] = differing([item]);
      if (difference === undefined) continue;
      service.counters.differs(difference.kind);
      const isLast = index === found.items.length - 1 && found.next === null;
      if (differing(judged).length === limit && !isLast) return { judged, next: item };
    }
    if (found.next === null) return { judged, next: null };
    from = found.next;
  }
  return { judged, next: from ?? null };
}

/** A difference that is proven, with both books' entry. */
export interface Differing<Ours, Theirs, Cure extends Remedy> extends Pair<Ours, Theirs>, Differs<Cure> {}

/** A difference that can be cured without a person. */
export interface Healable<Ours, Theirs, Cure extends Remedy> {
  readonly id: string;
  readonly ours: Ours;
  readonly theirs: Theirs | undefined;
  readonly remedy: Cure;
  /** When it was proven; see `OwnSight`. */
  readonly version: string;
}

/** Those that differ. */
export function differing<Ours, Theirs, Cure extends Remedy>(
  judged: readonly Judged<Ours, Theirs, Cure>[],
): Differing<Ours, Theirs, Cure>[] {
  return judged.flatMap(({ outcome, ...pair }) => (typeof outcome === 'string' ? [] : [{ ...pair, ...outcome }]));
}

interface Patience {
  left: number;
}

/** Compares the next stretch of both lists: what differs at first sight is looked at again, until it is proven. */
async function judgeStep<Ours extends Entry, Theirs extends Position, Cure extends Remedy>(
  service: ReconciliationService,
  books: TwoBooks<Ours, Theirs, Cure>,
  { dates, after }: Pick<CompareBooks, 'dates' | 'after'>,
  patience: Patience,
): Promise<{ items: Judged<Ours, Theirs, Cure>[]; next: Position | null } | Refusal> {
  const ours = await books.list(dates, after, ENTRIES_PER_STEP);
  const theirs = await books.billing.list(dates, after);
  if (isRefusal(theirs)) return theirs;
  const { pairs, hasMore } = join(ours, theirs);
  const suspects = pairs.filter((pair) => books.compare(pair) !== undefined);
  const verdicts = await confirm(
    service,
    books,
    suspects.map(({ id }) => id),
    patience,
  );
  if (isRefusal(verdicts)) return verdicts;
  const items = pairs.flatMap((pair): Judged<Ours, Theirs, Cure>[] => {
    const verdict = verdicts.get(pair.id) ?? { ...pair, outcome: 'agreed' };
    return isListedElsewhere(pair, verdict) ? [] : [{ ...pair, ...verdict }];
  });
  const last = pairs.at(-1);
  return { items, next: hasMore && last !== undefined ? last : null };
}

/** An entry belongs to the date that it has here, also when billing lists it under another. */
function isListedElsewhere({ date }: Position, { ours }: { ours: Position | undefined }): boolean {
  return ours !== undefined && ours.date !== date;
}

async function confirm<Ours extends Entry, Theirs extends Position, Cure extends Remedy>(
  service: ReconciliationService,
  books: TwoBooks<Ours, Theirs, Cure>,
  ids: readonly string[],
  patience: Patience,
): Promise<Map<string, Verdict<Ours, Theirs, Cure>> | Refusal> {
  const verdicts = new Map<string, Verdict<Ours, Theirs, Cure>>();
  for (let start = 0; start < ids.length; start += ENTRIES_PER_LOOK) {
    let open = ids.slice(start, start + ENTRIES_PER_LOOK);
    for (;;) {
      const found = await look(service, books, open);
      if (isRefusal(found)) return found;
      for (const [id, verdict] of found) verdicts.set(id, verdict);
      open = open.filter((id) => found.get(id)?.outcome === 'in_flight');
      if (open.length === 0 || patience.left === 0) break;
      patience.left -= 1;
      await service.pause(SECOND_LOOK_AFTER_MS);
    }
  }
  return verdicts;
}

/** Looks at entries here, in billing and here again, with the ends of the topics in between: see `watermark.ts`. */
async function look<Ours extends Entry, Theirs extends Position, Cure extends Remedy>(
  service: ReconciliationService,
  books: TwoBooks<Ours, Theirs, Cure>,
  ids: readonly string[],
): Promise<Map<string, Verdict<Ours, Theirs, Cure>> | Refusal> {
  const before = await books.look(ids);
  const customerIds = [...new Set([...before.entries.values()].map(({ entry }) => entry.customerId))];
  const ownEnds = await endsOf(service, [topics.payments], customerIds);
  const billing = await books.billing.look(ids);
  if (isRefusal(billing)) return billing;
  const billingEnds = await endsOf(service, service.projection.topics, customerIds);
  const after = await books.look(ids);
  return new Map(
    ids.map((id) => {
      const customerId = after.entries.get(id)?.entry.customerId ?? '';
      const hasBillingRead = hasPassed(ownEnds.get(customerId), new Map([[topics.payments, billing.progress]]));
      const sight = {
        before: before.entries.get(id),
        billing: sightOf(billing, id, customerId, hasBillingRead),
        after: after.entries.get(id),
        hasRead: hasPassed(billingEnds.get(customerId), after.progress),
      };
      return [id, verdictOf(sight, books.compare)];
    }),
  );
}

function sightOf<Theirs>(billing: BillingLook<Theirs>, id: string, customerId: string, hasRead: boolean) {
  return {
    entry: billing.entries.get(id),
    isUnpublished: billing.unpublished.has(customerId),
    isPutAside: billing.putAside.has(id),
    hasRead,
  };
}

type Ends = readonly (TopicEnd & { readonly topic: string })[];

/** By customer; without those of whom the broker does not say. */
async function endsOf(
  { endOf }: ReconciliationService,
  names: readonly string[],
  customerIds: readonly string[],
): Promise<Map<string, Ends>> {
  const ends = await Promise.allSettled(
    customerIds.map(async (id): Promise<[string, Ends]> => {
      const ofCustomer = names.map(async (topic) => ({ topic, ...(await endOf(topic, id)) }));
      return [id, await Promise.all(ofCustomer)];
    }),
  );
  return new Map(ends.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
}

function hasPassed(ends: Ends | undefined, progress: OwnLook<Entry>['progress']): boolean {
  if (ends === undefined) return false;
  return ends.every(({ topic, partition, endOffset }) => (progress.get(topic)?.get(partition) ?? 0n) >= endOffset);
}
