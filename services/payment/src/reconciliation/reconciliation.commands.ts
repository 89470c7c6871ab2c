import { type Refusal, topics } from '@tenor/contracts';
import { type Database, isRefusal, type TopicEnd } from '@tenor/service-kit';
import type { BillingBooks, BillingLook, Dates } from './billing-books.ts';
import { listSettled, lookAtOwn, type OwnLook } from './reconciliation.store.ts';
import { compare, type DifferenceKind, join, type Pair, type Position, type Remedy } from './reconciliation.ts';
import { type Verdict, verdictOf } from './watermark.ts';

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

export interface Reconcile {
  readonly dates: Dates;
  /** The last payment that was compared; undefined to begin. */
  readonly after: Position | undefined;
  /** Ends after so many differences. */
  readonly limit: number;
}

/** A payment that was compared, at its place in the list. */
export interface Judged extends Position, Verdict {}

export interface Reconciled {
  readonly judged: readonly Judged[];
  /** After which payment to go on; null when all dates are compared. */
  readonly next: Position | null;
}

const PAYMENTS_PER_STEP = 200;
/** So that a call ends in time; the next goes on where it stopped. */
const STEPS_MAX = 25;
const PAYMENTS_PER_LOOK = 100;
/** How often a call looks again at what is under way, and after how long. */
const SECOND_LOOKS_MAX = 6;
const SECOND_LOOK_AFTER_MS = 250;

/** Compares both books over some value dates, a bounded part of them at once. Refuses `billing_unavailable`. */
export async function reconcile(
  service: ReconciliationService,
  { dates, after, limit }: Reconcile,
): Promise<Reconciled | Refusal> {
  const judged: Judged[] = [];
  const patience = { left: SECOND_LOOKS_MAX };
  let from = after;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const found = await judgeStep(service, dates, from, patience);
    if (isRefusal(found)) return found;
    for (const [index, item] of found.items.entries()) {
      judged.push(item);
      if (!differs(item)) continue;
      service.counters.differs(item.outcome.kind);
      const isLast = index === found.items.length - 1 && found.next === null;
      if (judged.filter(differs).length === limit && !isLast) return { judged, next: item };
    }
    if (found.next === null) return { judged, next: null };
    from = found.next;
  }
  return { judged, next: from ?? null };
}

export function differs<Item extends Verdict>(
  item: Item,
): item is Item & { outcome: Exclude<Verdict['outcome'], string> } {
  return typeof item.outcome !== 'string';
}

interface Patience {
  left: number;
}

/** Compares the next stretch of both lists: what differs at first sight is looked at again, until it is proven. */
async function judgeStep(
  service: ReconciliationService,
  dates: Dates,
  after: Position | undefined,
  patience: Patience,
): Promise<{ items: Judged[]; next: Position | null } | Refusal> {
  const ours = await listSettled(service.database, dates, after, PAYMENTS_PER_STEP);
  const theirs = await service.books.list(dates, after);
  if (isRefusal(theirs)) return theirs;
  const { pairs, hasMore } = join(ours, theirs);
  const suspects = pairs.filter((pair) => compare(pair) !== undefined);
  const verdicts = await confirm(
    service,
    suspects.map(({ paymentId }) => paymentId),
    patience,
  );
  if (isRefusal(verdicts)) return verdicts;
  const items = pairs.flatMap((pair): Judged[] => {
    const verdict = verdicts.get(pair.paymentId) ?? { ...pair, outcome: 'agreed' };
    return isListedElsewhere(pair, verdict) ? [] : [{ ...pair, ...verdict }];
  });
  const last = pairs.at(-1);
  return { items, next: hasMore && last !== undefined ? last : null };
}

/** A payment belongs to its own value date, also when billing lists it under another. */
function isListedElsewhere({ valueDate }: Pair, { ours }: Verdict): boolean {
  return ours !== undefined && ours.valueDate !== valueDate;
}

async function confirm(
  service: ReconciliationService,
  paymentIds: readonly string[],
  patience: Patience,
): Promise<Map<string, Verdict> | Refusal> {
  const verdicts = new Map<string, Verdict>();
  for (let start = 0; start < paymentIds.length; start += PAYMENTS_PER_LOOK) {
    let open = paymentIds.slice(start, start + PAYMENTS_PER_LOOK);
    for (;;) {
      const found = await look(service, open);
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

/** Looks at payments here, in billing and here again, with the ends of the topics in between: see `watermark.ts`. */
async function look(
  service: ReconciliationService,
  paymentIds: readonly string[],
): Promise<Map<string, Verdict> | Refusal> {
  const { database, books, projection } = service;
  const before = await lookAtOwn(database, projection, paymentIds);
  const customerIds = [...new Set([...before.payments.values()].map(({ payment }) => payment.customerId))];
  const ownEnds = await endsOf(service, [topics.payments], customerIds);
  const billing = await books.look(paymentIds);
  if (isRefusal(billing)) return billing;
  const billingEnds = await endsOf(service, projection.topics, customerIds);
  const after = await lookAtOwn(database, projection, paymentIds);
  return new Map(
    paymentIds.map((id) => {
      const customerId = after.payments.get(id)?.payment.customerId ?? '';
      const hasBillingRead = hasPassed(ownEnds.get(customerId), new Map([[topics.payments, billing.progress]]));
      const verdict = verdictOf({
        before: before.payments.get(id),
        billing: sightOf(billing, id, customerId, hasBillingRead),
        after: after.payments.get(id),
        hasRead: hasPassed(billingEnds.get(customerId), after.progress),
      });
      return [id, verdict];
    }),
  );
}

function sightOf(billing: BillingLook, paymentId: string, customerId: string, hasRead: boolean) {
  return {
    payment: billing.payments.get(paymentId),
    isUnpublished: billing.unpublished.has(customerId),
    isPutAside: billing.putAside.has(paymentId),
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

function hasPassed(ends: Ends | undefined, progress: OwnLook['progress']): boolean {
  if (ends === undefined) return false;
  return ends.every(({ topic, partition, endOffset }) => (progress.get(topic)?.get(partition) ?? 0n) >= endOffset);
}
