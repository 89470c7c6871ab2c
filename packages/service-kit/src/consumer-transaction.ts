import type { Database } from './database.ts';
import {
  blockedSubjects,
  type DeadLetter,
  type DeadLetterReason,
  type NewDeadLetter,
  reopenDiscarded,
  storeDeadLetters,
  supersedeLetters,
} from './dead-letters.store.ts';
import { byCustomer, type Delivery, type Item, itemOfLetter } from './delivery.ts';
import { type Advance, type Place, recordInInbox, saveProgress } from './inbox.store.ts';
import { deadLetterTopic } from './kafka-topics.ts';
import { waitForLocks } from './lock-patience.ts';
import type { ConsumerMeters } from './metrics.ts';
import { traceShares } from './traced-messages.ts';
import type { Tracer } from './tracer.ts';
import { runUnitOfWork, type UnitOfWork } from './unit-of-work.ts';

/**
 * What a consumer does with events: called once per transaction with a set of fresh ones, sorted by
 * customer and then as they came. May be called again for the same events when the transaction fails.
 * `superseded` are, sorted alike, the events that were put aside and that snapshots among the deliveries discard: the
 * snapshots say what they made of their subjects, but not what else they told.
 */
export type Handle = (
  uow: UnitOfWork,
  deliveries: readonly Delivery[],
  superseded: readonly Delivery[],
) => Promise<void>;

/** A consumer as its transactions know it. */
export interface Subscriber {
  readonly database: Database;
  /** The group without the tenant's prefix: the inbox key's first half. */
  readonly group: string;
  /** Types that replace all that came before of their subject. */
  readonly snapshots: ReadonlySet<string>;
  readonly handle: Handle;
  readonly metrics: ConsumerMeters | undefined;
  readonly tracer: Tracer | undefined;
}

/** Why the one event of a transaction goes to the dead letters instead of to the handler. */
export interface Guilt {
  readonly detail: string;
  readonly attempts: number;
}

/** Of a transaction of several partitions, which holds up the customers of all of them while it waits for one. */
const SHARED_LOCK_TIMEOUT = '100ms';
/** The broker's other partitions are not read meanwhile. */
const LONE_LOCK_TIMEOUT = '1s';

/** What one partition brings into a transaction, and where that leaves it. */
export interface Share {
  readonly items: readonly Item[];
  readonly advance: Advance;
}

/** What became of a share. */
interface Settlement {
  readonly topic: string;
  readonly counts: Readonly<Record<'applied' | 'duplicate' | 'dead_letter' | 'parked', number>>;
  /** Why those of its messages that are at fault are. */
  readonly reasons: readonly DeadLetterReason[];
}

/**
 * Settles shares of different partitions in one transaction with their inbox rows and the progress: duplicates are
 * dropped, what cannot be read becomes a dead letter, what stands behind a dead letter of its subject is parked unless a
 * snapshot of that subject came in between, and the rest is handled. With `guilt` the items are put aside instead of
 * handled. Resolves with the progress that is stored of each, which is another member's where that one has read further.
 */
export async function settleShares(
  subscriber: Subscriber,
  shares: readonly Share[],
  guilt?: Guilt,
): Promise<readonly bigint[]> {
  const { database, group, metrics, tracer } = subscriber;
  const stopTimer = metrics?.transactionSeconds.startTimer({ group });
  const traced = traceShares(tracer, group, shares);
  const settling = runUnitOfWork(database, contextOf(group, traced.shares), async (uow) => {
    waitForLocks(uow, shares.length > 1 ? SHARED_LOCK_TIMEOUT : LONE_LOCK_TIMEOUT);
    const settlements = await settleIn(uow, subscriber, traced.shares, guilt);
    const stored = saveProgress(
      uow,
      group,
      shares.map(({ advance }) => advance),
    );
    // Not waited for here, so that it travels with the commit, which fails with it.
    stored.catch(() => {});
    return { settlements, stored };
  });
  await settling.then(
    () => traced.end(),
    (error: unknown) => {
      traced.end(error);
      throw error;
    },
  );
  stopTimer?.();
  const { settlements, stored } = await settling;
  for (const settlement of settlements) count(subscriber, settlement);
  return stored;
}

function count({ group, metrics }: Subscriber, { topic, counts, reasons }: Settlement): void {
  for (const [outcome, times] of Object.entries(counts)) metrics?.handled.inc({ group, topic, outcome }, times);
  for (const reason of reasons) metrics?.deadLetters.written.inc({ consumer: group, reason });
}

async function settleIn(
  uow: UnitOfWork,
  subscriber: Subscriber,
  shares: readonly Share[],
  guilt: Guilt | undefined,
): Promise<Settlement[]> {
  const { group, handle } = subscriber;
  const letterbox = { consumer: group, deadLetterTopic: deadLetterTopic(group) };
  const fresh = await withoutDuplicates(uow, group, shares);
  const faulty = fresh.map(({ items }) => items.flatMap((item) => letterOf(item, guilt) ?? []));
  const dead: number[] = [];
  for (const letters of faulty) dead.push(await storeDeadLetters(uow, letterbox, letters));
  // What these letters hold up is seen below.
  const events = guilt === undefined ? fresh : [];
  const blocked = await blockedByTopic(uow, group, events);
  const sorted = events.map((share) => sortOut(subscriber, share, blocked.get(share.advance.topic) ?? new Map()));
  const parked: number[] = [];
  const superseded: DeadLetter[] = [];
  for (const [index, { advance }] of events.entries()) {
    const { waiting = [], releasing = [] } = sorted[index] ?? {};
    parked.push(await storeDeadLetters(uow, letterbox, waiting.map(parkedLetter)));
    superseded.push(...(await supersedeLetters(uow, placeOf(group, advance), releasing)));
  }
  const free = sorted.flatMap((share) => share.free);
  if (free.length > 0) await handle(uow, byCustomer(free), byCustomer(deliveriesOf(superseded)));
  return shares.map(({ items, advance }, index) => ({
    topic: advance.topic,
    counts: {
      applied: sorted[index]?.free.length ?? 0,
      duplicate: items.length - (fresh[index]?.items.length ?? 0),
      dead_letter: dead[index] ?? 0,
      parked: parked[index] ?? 0,
    },
    reasons: (faulty[index] ?? []).map(({ reason }) => reason),
  }));
}

const placeOf = (consumer: string, { topic, partition }: Advance): Place => ({ consumer, topic, partition });

/** The events among letters that can be read. */
function deliveriesOf(letters: readonly DeadLetter[]): Delivery[] {
  return letters.flatMap((letter) => {
    const item = itemOfLetter(letter);
    return item?.kind === 'event' ? [item.delivery] : [];
  });
}

/** By topic, the subjects that have something put aside, each with the offset behind which its messages wait. */
async function blockedByTopic(uow: UnitOfWork, consumer: string, shares: readonly Share[]) {
  const byTopic = Map.groupBy(shares, ({ advance }) => advance.topic);
  const blocked = [...byTopic].map(async ([topic, some]) => {
    const subjects = some.flatMap(({ items }) => eventsOf(items).map(({ delivery }) => delivery.event.subject));
    return [topic, await blockedSubjects(uow, { consumer, topic }, subjects)] as const;
  });
  return new Map(await Promise.all(blocked));
}

type EventItem = Extract<Item, { kind: 'event' }>;

const eventsOf = (items: readonly Item[]): EventItem[] =>
  items.flatMap((item) => (item.kind === 'event' ? [item] : []));

/** What can be handled, what waits behind a dead letter, and the snapshots that end such a wait. */
function sortOut(
  { snapshots }: Subscriber,
  { items }: Share,
  blocked: ReadonlyMap<string, bigint>,
): { free: Delivery[]; waiting: EventItem[]; releasing: Delivery[] } {
  const releasing = new Map<string, Delivery>();
  const free: Delivery[] = [];
  const waiting: EventItem[] = [];
  for (const item of eventsOf(items)) {
    const { event, offset } = item.delivery;
    const isBehind = offset > (blocked.get(event.subject) ?? offset) && !releasing.has(event.subject);
    if (isBehind && snapshots.has(event.type)) releasing.set(event.subject, item.delivery);
    else if (isBehind) waiting.push(item);
    if (!isBehind || releasing.has(event.subject)) free.push(item.delivery);
  }
  return { free, waiting, releasing: [...releasing.values()] };
}

/** A consumer acts as a service, under a request id that names the first message, in the trace of the first event. */
export function contextOf(group: string, shares: readonly Share[]) {
  const [first] = shares;
  const [traceparent, ...links] = shares.flatMap(({ items }) =>
    eventsOf(items).flatMap(({ delivery }) => delivery.event.traceparent ?? []),
  );
  return {
    caller: { id: `consumer:${group}`, roles: ['service'] },
    requestId: first === undefined ? 'replay' : requestIdOf(first),
    traceparent,
    links,
  };
}

function requestIdOf({ advance: { topic, partition }, items }: Share): string {
  return `${topic}/${partition}/${items[0]?.message.offset ?? ''}`;
}

/**
 * The shares without the events that are known. One that was discarded and comes again is not: it has had no effect yet.
 */
async function withoutDuplicates(uow: UnitOfWork, consumer: string, shares: readonly Share[]): Promise<Share[]> {
  const fresh = await recordInInbox(
    uow,
    consumer,
    shares.flatMap(({ items }) => items.flatMap((item) => eventIdOf(item) ?? [])),
  );
  const unique: Share[] = [];
  for (const { items, advance } of shares) {
    const known = items.flatMap((item) => {
      const id = eventIdOf(item);
      const { offset, writtenAtMs = 0 } = item.message;
      return id === undefined || fresh.has(id) ? [] : [{ id, offset, writtenAtMs }];
    });
    const reopened = new Set(await reopenDiscarded(uow, placeOf(consumer, advance), known));
    // An id is taken out at its first item, so that its repetition in the same transaction is a duplicate too.
    const first = items.filter((item) => {
      const id = eventIdOf(item);
      return id === undefined || fresh.delete(id) || reopened.has(item.message.offset);
    });
    unique.push({ items: first, advance });
  }
  return unique;
}
/** In lower case, as the database gives it back. */
function eventIdOf(item: Item): string | undefined {
  return (item.kind === 'event' ? item.delivery.event.id : item.failure.id)?.toLowerCase();
}

function letterOf(item: Item, guilt: Guilt | undefined): NewDeadLetter | undefined {
  const { message } = item;
  if (item.kind === 'broken') {
    const { reason, detail, id, type, subject } = item.failure;
    return { message, reason, detail, attempts: 0, eventId: id, eventType: type, subject };
  }
  if (guilt === undefined) return undefined;
  const { id, type, subject } = item.delivery.event;
  return { message, reason: 'failed', ...guilt, eventId: id, eventType: type, subject };
}

function parkedLetter({ message, delivery }: EventItem): NewDeadLetter {
  const { id, type, subject } = delivery.event;
  const detail = 'An earlier message of the same subject is a dead letter.';
  return { message, reason: 'parked', detail, attempts: 0, eventId: id, eventType: type, subject };
}
