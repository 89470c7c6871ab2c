import type { Database, Sql, Transaction } from './database.ts';
import type { Place } from './outbox-rotation.ts';
import { slotOf } from './outbox-slots.ts';
import { textList } from './pg-types.ts';
import { statement } from './statement.ts';

/** An event as it waits to be published. */
export interface OutboxEvent {
  readonly customerId: string;
  readonly eventId: string;
  /** Without the tenant's prefix, which the relay puts before it. */
  readonly topic: string;
  readonly subject: string;
  readonly type: string;
  readonly payload: string;
}

/** A row as the relay reads it. */
export interface OutboxRow {
  readonly slot: number;
  readonly customer_id: string;
  readonly position: bigint;
  readonly topic: string;
  readonly message_key: string | null;
  readonly payload: string | null;
  readonly raw_payload: Buffer | null;
  readonly headers: Record<string, string> | null;
}

/** Stands for the customer in rows of the outbox that no customer is concerned by. */
export const NO_CUSTOMER = '00000000-0000-0000-0000-000000000000';

// One statement: the counter of each customer moves by the number of its events, and they take the places in between.
// A customer without a row gives no place, which the table refuses.
const insertEvents = statement(
  'outbox_insert',
  `with given as (
     select * from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[])
       with ordinality as g (slot, customer_id, event_id, topic, subject, type, payload, place)
   ), bumped as (
     update customers c set outbox_position = c.outbox_position + n.events
     from (select customer_id, count(*) as events from given group by customer_id) n
     where c.id = n.customer_id
     returning c.id, c.outbox_position - n.events as base
   )
   insert into outbox (slot, customer_id, position, event_id, topic, subject, type, payload)
   select g.slot, g.customer_id, b.base + row_number() over (partition by g.customer_id order by g.place),
     g.event_id, g.topic, g.subject, g.type, g.payload
   from given g left join bumped b on b.id = g.customer_id`,
);

// No customer counts its place, so the caller says it; the position is unique among such rows of the slot.
const insertOfDay = statement(
  'outbox_insert_day',
  `insert into outbox (slot, customer_id, position, event_id, topic, subject, type, message_key, payload)
   values ($1, '${NO_CUSTOMER}', $2, $3, $4, $5, $6, $5, $7)`,
);

// Each slot has its own limit, so that a customer with much to say does not hold up the other slots. What another relay
// has taken over is not read, whatever this one believes of its leases; an array, since a join would compare all with all.
const selectEvents = statement(
  'outbox_select',
  `select r.slot, r.customer_id, r.position, r.topic, r.message_key, r.payload, r.raw_payload, r.headers
   from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as s (slot, behind_customer, behind_position)
   cross join lateral (
     select * from outbox o
     where o.slot = s.slot and (o.customer_id, o.position) > (s.behind_customer, s.behind_position)
     order by o.customer_id, o.position limit $5
   ) r
   where s.slot = any(array(
     select l.slot from outbox_slots l where l.owner = $4 and l.lease_until > clock_timestamp()))
   order by r.slot, r.customer_id, r.position`,
);

const selectWaitingSlots = statement(
  'outbox_waiting_slots',
  `select s.slot from unnest($1::smallint[]) as s (slot)
   where exists (select from outbox o where o.slot = s.slot)`,
);

// By key, as below.
const selectUnpublished = statement(
  'outbox_unpublished',
  `select c.id from unnest($1::smallint[], $2::uuid[]) as c (slot, id)
   cross join lateral (select from outbox o where o.slot = c.slot and o.customer_id = c.id limit 1) r`,
);

// Each row by its key: the table looks empty to the planner, and a join would read all that vacuum has not removed yet.
const deleteEvents = statement(
  'outbox_delete',
  `delete from outbox where ctid = any(array(
     select r.ctid from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as d (slot, customer_id, position)
     cross join lateral (
       select o.ctid from outbox o
       where o.slot = d.slot and o.customer_id = d.customer_id and o.position = d.position limit 1
     ) r))`,
);

// Reads the whole table, which is nearly empty unless the broker is away; so not for every scrape.
const selectBacklog = statement(
  'outbox_backlog',
  `select count(*) as depth, coalesce(extract(epoch from now() - min(created_at)), 0)::text as lag_seconds from outbox`,
);

/** Writes events in the order given; consecutive positions per customer. There is no commit when a customer has no row. */
export function writeOutbox(sql: Transaction, events: readonly OutboxEvent[]): void {
  if (events.length === 0) return;
  sql.write(insertEvents, [
    events.map(({ customerId }) => slotOf(customerId)),
    events.map(({ customerId }) => customerId),
    events.map(({ eventId }) => eventId),
    events.map(({ topic }) => topic),
    events.map(({ subject }) => subject),
    events.map(({ type }) => type),
    textList(events.map(({ payload }) => payload)),
  ]);
}

/** Writes an event of a day, which no customer is concerned by: its subject is its key, and `position` its place among the days. */
export function writeOutboxOfDay(sql: Transaction, event: Omit<OutboxEvent, 'customerId'>, position: bigint): void {
  const { eventId, topic, subject, type, payload } = event;
  sql.write(insertOfDay, [slotOf(subject), position, eventId, topic, subject, type, payload]);
}

/** What to read: of each slot at most `limit` rows behind a place. */
export interface Reading {
  readonly relayId: string;
  readonly stretches: readonly { readonly slot: number; readonly behind: Place }[];
  readonly limit: number;
}

/** Rows of the slots that the relay leases, in the order of publication. */
export function readOutbox(sql: Sql, { relayId, stretches, limit }: Reading): Promise<OutboxRow[]> {
  return sql.query<OutboxRow>(selectEvents, [
    stretches.map(({ slot }) => slot),
    stretches.map(({ behind }) => behind.customerId),
    stretches.map(({ behind }) => behind.position),
    relayId,
    limit,
  ]);
}

/** Those of the slots that have rows. */
export async function waitingSlots(sql: Sql, slots: readonly number[]): Promise<number[]> {
  const rows = await sql.query<{ slot: number }>(selectWaitingSlots, [slots]);
  return rows.map(({ slot }) => slot);
}

/** Those of the customers whose events are not all acknowledged by the broker. */
export async function unpublishedCustomers(sql: Sql, customerIds: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ id: string }>(selectUnpublished, [customerIds.map(slotOf), customerIds]);
  return new Set(rows.map(({ id }) => id));
}

/** Forgets rows that the broker has acknowledged. */
export async function deleteFromOutbox(sql: Sql, rows: readonly OutboxRow[]): Promise<void> {
  await sql.query(deleteEvents, [
    rows.map(({ slot }) => slot),
    rows.map(({ customer_id }) => customer_id),
    rows.map(({ position }) => position),
  ]);
}

/** Rows waiting, and the age of the oldest in seconds. */
export async function outboxBacklog(sql: Sql): Promise<{ depth: number; lagSeconds: number }> {
  const [row] = await sql.query<{ depth: bigint; lag_seconds: string }>(selectBacklog);
  return { depth: Number(row?.depth ?? 0n), lagSeconds: Number.parseInt(row?.lag_seconds ?? '0', 10) };
}

type Listener = (slots: readonly number[]) => void;

const listeners = new WeakMap<Database, Set<Listener>>();

/** Tells `listener` in which slots this process has just committed events. Returns how to stop that. */
export function onPublished(database: Database, listener: Listener): () => void {
  const known = listeners.get(database) ?? new Set<Listener>();
  listeners.set(database, known.add(listener));
  return () => known.delete(listener);
}

/** Called after the commit; must be cheap and never throw. */
export function signalPublished(database: Database, slots: readonly number[]): void {
  if (slots.length === 0) return;
  for (const listener of listeners.get(database) ?? []) listener([...new Set(slots)]);
}
