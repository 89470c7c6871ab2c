import { TOPIC_PARTITIONS } from '@tenor/contracts';
import type { Sql } from './database.ts';
import { partitionFor } from './partition.ts';
import { statement } from './statement.ts';

export const SLOTS_PER_PARTITION = 4;
/**
 * Customers are spread over this many slots; another number would part a customer from its earlier rows. A multiple of
 * the partitions, so that a slot lies in one partition of every event topic.
 */
export const CUSTOMER_SLOTS = SLOTS_PER_PARTITION * TOPIC_PARTITIONS;
/** Of their own, so that a dead-letter topic that cannot be written holds up no business event. */
export const DEAD_LETTER_SLOT = CUSTOMER_SLOTS;
export const SLOTS = CUSTOMER_SLOTS + 1;
/** First half of the advisory lock that a relay's session holds; the second is the session's number. Arbitrary. */
export const RELAY_SESSION_LOCK = 7_402_114;
/** One for each partition number, so that a partition without a leader can be parted from the others; dead letters have the last. */
export const LANES = TOPIC_PARTITIONS + 1;

/** What can be parted from the others when it cannot be sent; a customer slot's lane is its partition. */
export function laneOf(slot: number): number {
  return slot === DEAD_LETTER_SLOT ? LANES - 1 : slot % TOPIC_PARTITIONS;
}

/** The slot of a customer: by Kafka's own hash of the message key, which is the id as Postgres writes it. */
export function slotOf(customerId: string): number {
  return partitionFor(customerId.toLowerCase(), CUSTOMER_SLOTS);
}

const touchRelay = statement(
  'outbox_relay_seen',
  `insert into outbox_relays (id, seen_until, session) values ($1, clock_timestamp() + $2 * interval '1 ms', $3)
   on conflict (id) do update set seen_until = excluded.seen_until, session = excluded.session`,
);
const renewSlots = statement(
  'outbox_slots_renew',
  `update outbox_slots set lease_until = clock_timestamp() + $2 * interval '1 ms'
   where owner = $1 and lease_until > clock_timestamp() returning slot`,
);
const countRelays = statement(
  'outbox_relays_live',
  'select count(*) as live from outbox_relays where seen_until > clock_timestamp()',
);
const releaseSlots = statement(
  'outbox_slots_release',
  'update outbox_slots set owner = null, lease_until = null where owner = $1 and slot = any($2::smallint[])',
);
const claimSlots = statement(
  'outbox_slots_claim',
  `update outbox_slots set owner = $1, lease_until = clock_timestamp() + $2 * interval '1 ms'
   where slot in (
     select slot from outbox_slots where owner is null or lease_until <= clock_timestamp()
     order by slot limit $3 for update skip locked)
   returning slot`,
);
// While its session lasts, nobody else gets a relay's lock.
const buryRelays = statement(
  'outbox_relays_bury',
  `with dead as (
     delete from outbox_relays where id <> $1 and pg_try_advisory_xact_lock($2, session) returning id
   ), freed as (
     update outbox_slots set owner = null, lease_until = null where owner in (select id from dead)
   )
   select id from dead`,
);
const forgetRelay = statement('outbox_relay_forget', 'delete from outbox_relays where id = $1');
const forgetDeadRelays = statement(
  'outbox_relays_purge',
  `delete from outbox_relays where seen_until < clock_timestamp() - interval '1 hour'`,
);

/** Who leases, and for how long, in milliseconds by the database's clock. */
export interface Lessee {
  readonly id: string;
  readonly leaseMs: number;
}

/**
 * Says that this relay lives, and in which session others may look for it, and renews its slots. Returns those that are
 * still its own.
 */
export async function renew(sql: Sql, { id, leaseMs }: Lessee, session: number | undefined): Promise<number[]> {
  await sql.query(touchRelay, [id, leaseMs, session ?? null]);
  const rows = await sql.query<{ slot: number }>(renewSlots, [id, leaseMs]);
  return rows.map(({ slot }) => slot);
}

/** How many slots one relay may hold while so many live: their shares add up to all. */
export async function fairShare(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ live: bigint }>(countRelays);
  return Math.ceil(SLOTS / Math.max(1, Number(row?.live ?? 1n)));
}

/** Takes up to `count` slots that nobody holds. */
export async function claim(sql: Sql, { id, leaseMs }: Lessee, count: number): Promise<number[]> {
  const rows = await sql.query<{ slot: number }>(claimSlots, [id, leaseMs, count]);
  return rows.map(({ slot }) => slot);
}

/** Frees the slots of other relays whose session has ended. Says whether there were such relays. */
export async function bury(sql: Sql, { id }: Lessee): Promise<boolean> {
  const dead = await sql.query(buryRelays, [id, RELAY_SESSION_LOCK]);
  return dead.length > 0;
}

/** Gives slots back before their lease ends. */
export async function release(sql: Sql, { id }: Lessee, slots: readonly number[]): Promise<void> {
  await sql.query(releaseSlots, [id, slots]);
}

/** Leaves the relays that share; those that died long ago are forgotten too. */
export async function leave(sql: Sql, { id }: Lessee): Promise<void> {
  await sql.query(forgetRelay, [id]);
  await sql.query(forgetDeadRelays);
}
