import type { Database } from './database.ts';
import {
  blockedSubjects,
  type DeadLetter,
  type NewDeadLetter,
  reopenDiscarded,
  storeDeadLetters,
  supersedeLetters,
} from './dead-letters.store.ts';
import { byCustomer, type Delivery, type Item, itemOfLetter } from './delivery.ts';
import { type Place, recordInInbox, saveProgress } from './inbox.store.ts';
import { deadLetterTopic } from './kafka-topics.ts';
import type { ConsumerMetrics, DeadLetterMetrics } from './metrics.ts';
import { traceItems } from './traced-messages.ts';
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
  readonly metrics: (ConsumerMetrics & { readonly deadLetters: DeadLetterMetrics }) | undefined;
  readonly tracer: Tracer | undefined;
}

/** Where the transaction leaves its partition. */
export interface Advance {
  readonly topic: string;
  readonly partition: number;
  /** Everything before it is committed with this transaction. */
  readonly nextOffset: bigint;
}

/** Why the one event of a transaction goes to the dead letters instead of to the handler. */
export interface Guilt {
  readonly detail: string;
  readonly attempts: number;
}

/**
 * Settles items in one transaction with their inbox rows and the progress: duplicates are dropped, what
 * cannot be read becomes a dead letter, what stands behind a dead letter of its subject is parked unless a snapshot of
 * that subject came in between, and the rest is handled. With `guilt` the items are put aside instead of handled.
 * Resolves with the progress that is stored, which is another member's where that one has read further.
 */
export async function settleItems(
  subscriber: Subscriber,
  items: readonly Item[],
  advance: Advance,
  guilt?: Guilt,
): Promise<bigint> {
  const { database, group, handle, metrics, tracer } = subscriber;
  const counts = { applied: 0, duplicate: 0, dead_letter: 0, parked: 0 };
  const place = { consumer: group, topic: advance.topic, partition: advance.partition };
  const stopTimer = metrics?.transactionSeconds.startTimer({ group });
  const letters: NewDeadLetter[] = [];
  const traced = traceItems(tracer, group, items);
  const settling = runUnitOfWork(database, contextOf(group, traced.items, advance), async (uow) => {
    const fresh = await withoutDuplicates(uow, place, traced.items);
    counts.duplicate = items.length - fresh.length;
    const faulty = fresh.flatMap((item) => letterOf(item, guilt) ?? []);
    letters.push(...faulty);
    counts.dead_letter = await storeDeadLetters(
      uow,
      { consumer: group, deadLetterTopic: deadLetterTopic(group) },
      faulty,
    );
    const events = guilt === undefined ? fresh.flatMap((item) => (item.kind === 'event' ? [item] : [])) : [];
    const { free, parked, releasing } = await sortOut(
      uow,
      subscriber,
      place,
      events.map(({ delivery }) => delivery),
    );
    const isParked = new Set(parked);
    counts.parked = await storeDeadLetters(
      uow,
      { consumer: group, deadLetterTopic: deadLetterTopic(group) },
      events.filter(({ delivery }) => isParked.has(delivery)).map(parkedLetter),
    );
    const superseded = deliveriesOf(await supersedeLetters(uow, place, releasing));
    counts.applied = free.length;
    if (free.length > 0) await handle(uow, byCustomer(free), byCustomer(superseded));
    const stored = saveProgress(uow, place, advance.nextOffset);
    // Not waited for here, so that it travels with the commit, which fails with it.
    stored.catch(() => {});
    return { stored };
  });
  await settling.then(
    () => traced.end(),
    (error: unknown) => {
      traced.end(error);
      throw error;
    },
  );
  stopTimer?.();
  for (const [outcome, count] of Object.entries(counts))
    metrics?.handled.inc({ group, topic: advance.topic, outcome }, count);
  for (const { reason } of letters) metrics?.deadLetters.written.inc({ consumer: group, reason });
  return (await settling).stored;
}

/** The events among letters that can be read. */
function deliveriesOf(letters: readonly DeadLetter[]): Delivery[] {
  return letters.flatMap((letter) => {
    const item = itemOfLetter(letter);
    return item?.kind === 'event' ? [item.delivery] : [];
  });
}

/** What can be handled, what waits behind a dead letter, and the snapshots that end such a wait. */
async function sortOut(
  uow: UnitOfWork,
  { snapshots }: Subscriber,
  place: { consumer: string; topic: string },
  deliveries: readonly Delivery[],
): Promise<{ free: Delivery[]; parked: Delivery[]; releasing: Delivery[] }> {
  const subjects = deliveries.map(({ event }) => event.subject);
  const blocked = await blockedSubjects(uow, place, subjects);
  const releasing = new Map<string, Delivery>();
  const free: Delivery[] = [];
  const parked: Delivery[] = [];
  for (const delivery of deliveries) {
    const { event, offset } = delivery;
    const isBehind = offset > (blocked.get(event.subject) ?? offset) && !releasing.has(event.subject);
    if (isBehind && snapshots.has(event.type)) releasing.set(event.subject, delivery);
    else if (isBehind) parked.push(delivery);
    if (!isBehind || releasing.has(event.subject)) free.push(delivery);
  }
  return { free, parked, releasing: [...releasing.values()] };
}

/** A consumer acts as a service, under a request id that names the messages, in the trace of the first of them. */
export function contextOf(group: string, items: readonly Item[], at: { topic: string; partition: number }) {
  const [first] = items;
  const [traceparent, ...links] = items.flatMap((item) =>
    item.kind === 'event' ? (item.delivery.event.traceparent ?? []) : [],
  );
  return {
    caller: { id: `consumer:${group}`, roles: ['service'] },
    requestId: `${at.topic}/${at.partition}/${first?.message.offset ?? ''}`,
    traceparent,
    links,
  };
}

/** A known event is a duplicate, but for one that was discarded and comes again: it has had no effect yet. */
async function withoutDuplicates(uow: UnitOfWork, place: Place, items: readonly Item[]): Promise<Item[]> {
  const events = items.flatMap((item) => {
    const id = eventIdOf(item);
    const { offset, writtenAtMs = 0 } = item.message;
    return id === undefined ? [] : [{ id, offset, writtenAtMs }];
  });
  const fresh = await recordInInbox(
    uow,
    place.consumer,
    events.map(({ id }) => id),
  );
  const known = events.filter(({ id }) => !fresh.has(id));
  const reopened = new Set(await reopenDiscarded(uow, place, known));
  // An id is taken out at its first item, so that its repetition in the same set is a duplicate too.
  return items.filter((item) => {
    const id = eventIdOf(item);
    return id === undefined || fresh.delete(id) || reopened.has(item.message.offset);
  });
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

function parkedLetter({ message, delivery }: Extract<Item, { kind: 'event' }>): NewDeadLetter {
  const { id, type, subject } = delivery.event;
  const detail = 'An earlier message of the same subject is a dead letter.';
  return { message, reason: 'parked', detail, attempts: 0, eventId: id, eventType: type, subject };
}
