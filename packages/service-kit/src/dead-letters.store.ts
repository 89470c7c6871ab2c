import type { Sql } from './database.ts';
import type { Delivery, RawMessage } from './delivery.ts';
import { newId } from './ids.ts';
import type { Place } from './inbox.store.ts';
import { NO_CUSTOMER } from './outbox.store.ts';
import { DEAD_LETTER_SLOT } from './outbox-slots.ts';
import { statement } from './statement.ts';

export type DeadLetterStatus = 'dead' | 'parked' | 'replayed' | 'discarded';
/** `failed`: the handler threw. `parked`: nothing is wrong with it, but with one of its subject before it. */
export type DeadLetterReason = 'undecodable' | 'schema' | 'failed' | 'parked';

/** A message to be put aside. */
export interface NewDeadLetter {
  readonly message: RawMessage;
  readonly reason: DeadLetterReason;
  readonly detail: string;
  /** How often a handler was given it. */
  readonly attempts: number;
  readonly eventId: string | undefined;
  readonly eventType: string | undefined;
  readonly subject: string | undefined;
}

export interface DeadLetter {
  readonly id: string;
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly message_offset: bigint;
  readonly message_key: string | null;
  readonly value: Buffer | null;
  readonly event_id: string | null;
  readonly event_type: string | null;
  readonly subject: string | null;
  readonly status: DeadLetterStatus;
  readonly reason: DeadLetterReason;
  readonly detail: string;
  readonly attempts: number;
  readonly first_failed_at: string;
  readonly last_failed_at: string;
  readonly settled_at: string | null;
  readonly settled_by: string | null;
}

const open = `status in ('dead', 'parked')`;
const DETAIL_LENGTH_MAX = 2_000;

// What was at fault is published too, as it came; what is only parked behind it is not.
const insertDeadLetters = statement(
  'dead_letters_insert',
  `with stored as (
     insert into dead_letters (id, consumer, topic, partition, message_offset, message_key, value,
       event_id, event_type, subject, status, reason, detail, attempts)
     select g.id, $1, $2, $3, g.message_offset, g.message_key, g.value, g.event_id, g.event_type, g.subject,
       case when g.reason = 'parked' then 'parked' else 'dead' end, g.reason, g.detail, g.attempts
     from unnest($4::uuid[], $5::bigint[], $6::text[], $7::bytea[], $8::uuid[], $9::text[], $10::text[],
       $11::text[], $12::text[], $13::integer[])
       as g (id, message_offset, message_key, value, event_id, event_type, subject, reason, detail, attempts)
     on conflict do nothing
     returning *
   ), published as (
     insert into outbox (slot, customer_id, position, event_id, topic, subject, type, message_key, raw_payload, headers)
     select ${DEAD_LETTER_SLOT}, '${NO_CUSTOMER}', nextval('dead_letter_position'), s.id, $14, coalesce(s.subject, ''),
       'dead_letter', s.message_key, s.value, jsonb_build_object(
         'dead-letter-id', s.id::text, 'reason', s.reason, 'detail', s.detail, 'attempts', s.attempts::text,
         'first-failed-at', to_char(s.first_failed_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
         'last-failed-at', to_char(s.last_failed_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
         'topic', s.topic, 'partition', s.partition::text, 'offset', s.message_offset::text)
     from (select * from stored where status = 'dead' order by message_offset) s
   )
   select id from stored`,
);
const selectBlocked = statement(
  'dead_letters_blocked',
  `select subject, min(message_offset) as first_offset from dead_letters
   where consumer = $1 and topic = $2 and subject = any($3::text[]) and ${open} group by subject`,
);
// A second replay of the same subject does not wait for the first, which may take long.
const lockFirstOfSubject = statement(
  'dead_letters_lock_subject',
  `select * from dead_letters where consumer = $1 and topic = $2 and subject = $3 and ${open}
   order by message_offset limit 1 for update nowait`,
);
const lockById = statement(
  'dead_letters_lock',
  `select * from dead_letters where consumer = $1 and id = $2 and ${open} for update nowait`,
);
const settle = statement(
  'dead_letters_settle',
  `update dead_letters set status = $2, settled_at = clock_timestamp(), settled_by = $3 where id = $1 and ${open}
   returning *`,
);
const supersede = statement(
  'dead_letters_supersede',
  `update dead_letters d set status = 'discarded', settled_at = clock_timestamp(), settled_by = 'snapshot:' || s.event_id
   from unnest($3::text[], $4::bigint[], $5::text[]) as s (subject, snapshot_offset, event_id)
   where d.consumer = $1 and d.topic = $2 and d.subject = s.subject and d.message_offset < s.snapshot_offset and ${open}
   returning d.*`,
);
// What was in the topic when the event was given up, be it a second copy, stays given up however often it is read again.
const reopen = statement(
  'dead_letters_reopen',
  `update dead_letters d set status = 'replayed', settled_at = clock_timestamp(), settled_by = 'offset:' || g.message_offset
   from (
     select l.id, min(c.message_offset) as message_offset
     from unnest($4::uuid[], $5::bigint[], $6::bigint[]) as c (event_id, message_offset, written_at_ms)
     cross join lateral (
       select id from dead_letters
       where consumer = $1 and event_id = c.event_id and status = 'discarded' and topic = $2 and partition = $3
         and message_offset < c.message_offset and date_trunc('milliseconds', settled_at) <= to_timestamp(c.written_at_ms / 1000.0)
       for update) l
     group by l.id) g
   where d.id = g.id
   returning g.message_offset`,
);
const failAgain = statement(
  'dead_letters_fail_again',
  `update dead_letters set status = 'dead', attempts = attempts + 1, last_failed_at = clock_timestamp(), detail = $2,
     reason = case when reason = 'parked' then 'failed' else reason end
   where id = $1 and ${open}`,
);
const selectReleased = statement(
  'dead_letters_released',
  `select distinct d.topic, d.subject from dead_letters d
   where d.consumer = $1 and d.status = 'parked' and not exists (
     select from dead_letters h where h.consumer = d.consumer and h.topic = d.topic and h.subject = d.subject
       and h.status = 'dead')
   limit $2`,
);
const selectPage = statement(
  'dead_letters_page',
  `select * from dead_letters where consumer = any($1::text[]) and ($2::text is null or status = $2)
   and ($3::uuid is null or id > $3) order by id limit $4`,
);
const selectById = statement(
  'dead_letters_get',
  'select * from dead_letters where consumer = any($1::text[]) and id = $2',
);
const countOpen = statement(
  'dead_letters_open',
  `select count(*) as open from dead_letters where consumer = $1 and ${open}`,
);

/** Text that Postgres can hold: it has no place for U+0000. */
const storable = (text: string): string => text.replaceAll('\u0000', '\ufffd');

/** Puts messages of one partition aside; those at fault are published as well. Returns how many were new. */
export async function storeDeadLetters(
  sql: Sql,
  { consumer, deadLetterTopic }: { consumer: string; deadLetterTopic: string },
  letters: readonly NewDeadLetter[],
): Promise<number> {
  const [first] = letters;
  if (first === undefined) return 0;
  const { topic, partition } = first.message;
  const text = (pick: (letter: NewDeadLetter) => string | null | undefined): (string | null)[] =>
    letters.map((letter) => storable(pick(letter) ?? '') || null);
  const rows = await sql.query(insertDeadLetters, [
    consumer,
    topic,
    partition,
    letters.map(() => newId()),
    letters.map(({ message }) => message.offset),
    text(({ message }) => message.key),
    letters.map(({ message }) => message.value),
    letters.map(({ eventId }) => eventId ?? null),
    text(({ eventType }) => eventType),
    text(({ subject }) => subject),
    letters.map(({ reason }) => reason),
    letters.map(({ detail }) => storable(detail).slice(0, DETAIL_LENGTH_MAX)),
    letters.map(({ attempts }) => attempts),
    deadLetterTopic,
  ]);
  return rows.length;
}

/** Subjects with something put aside, each with the offset behind which its later messages wait. */
export async function blockedSubjects(
  sql: Sql,
  place: { consumer: string; topic: string },
  subjects: readonly string[],
): Promise<Map<string, bigint>> {
  if (subjects.length === 0) return new Map();
  const rows = await sql.query<{ subject: string; first_offset: bigint }>(selectBlocked, [
    place.consumer,
    place.topic,
    [...new Set(subjects)],
  ]);
  return new Map(rows.map(({ subject, first_offset }) => [subject, first_offset]));
}

/** Those of the subjects of which a consumer has put something aside, dead or parked. */
export async function subjectsPutAside(
  sql: Sql,
  place: { consumer: string; topic: string },
  subjects: readonly string[],
): Promise<string[]> {
  return [...(await blockedSubjects(sql, place, subjects)).keys()];
}

/** The first message put aside of a subject, locked; rejects with 55P03 while another replay holds it. */
export async function lockFirst(sql: Sql, consumer: string, topic: string, subject: string) {
  const [letter] = await sql.query<DeadLetter>(lockFirstOfSubject, [consumer, topic, subject]);
  return letter;
}

/** One open message by its id, locked; rejects with 55P03 while a replay holds it. */
export async function lockLetter(sql: Sql, consumer: string, id: string): Promise<DeadLetter | undefined> {
  const [letter] = await sql.query<DeadLetter>(lockById, [consumer, id]);
  return letter;
}

/** Closes an open message. Undefined when it was not open any longer. */
export async function settleLetter(
  sql: Sql,
  id: string,
  to: { status: 'replayed' | 'discarded'; by: string },
): Promise<DeadLetter | undefined> {
  const [letter] = await sql.query<DeadLetter>(settle, [id, to.status, storable(to.by)]);
  return letter;
}

/** Discards what was put aside of a subject before its snapshot, which says all of its state; returns it in order. */
export async function supersedeLetters(
  sql: Sql,
  { consumer, topic }: { consumer: string; topic: string },
  snapshots: readonly Delivery[],
): Promise<DeadLetter[]> {
  if (snapshots.length === 0) return [];
  const letters = await sql.query<DeadLetter>(supersede, [
    consumer,
    topic,
    snapshots.map(({ event }) => event.subject),
    snapshots.map(({ offset }) => offset),
    snapshots.map(({ event }) => event.id),
  ]);
  return letters.sort((a, b) => (a.message_offset < b.message_offset ? -1 : 1));
}

/**
 * The offsets of those of the messages that were written after their event had been discarded: they are published again,
 * and thereby to be handled after all.
 */
export async function reopenDiscarded(
  sql: Sql,
  { consumer, topic, partition }: Place,
  copies: readonly { readonly id: string; readonly offset: bigint; readonly writtenAtMs: number }[],
): Promise<bigint[]> {
  if (copies.length === 0) return [];
  const rows = await sql.query<{ message_offset: bigint }>(reopen, [
    consumer,
    topic,
    partition,
    copies.map(({ id }) => id),
    copies.map(({ offset }) => offset),
    copies.map(({ writtenAtMs }) => writtenAtMs),
  ]);
  return rows.map(({ message_offset }) => message_offset);
}

/** Notes that a replay failed; a parked message that fails is itself dead from then on. */
export async function noteFailure(sql: Sql, id: string, detail: string): Promise<void> {
  await sql.query(failAgain, [id, storable(detail).slice(0, DETAIL_LENGTH_MAX)]);
}

/** Subjects whose parked messages have nothing dead among them any more, and may go on. */
export function releasedSubjects(
  sql: Sql,
  consumer: string,
  limit: number,
): Promise<{ topic: string; subject: string }[]> {
  return sql.query(selectReleased, [consumer, limit]);
}

export function listLetters(
  sql: Sql,
  filter: { consumers: readonly string[]; status: string | undefined; after: string | undefined; limit: number },
): Promise<DeadLetter[]> {
  return sql.query<DeadLetter>(selectPage, [
    filter.consumers,
    filter.status ?? null,
    filter.after ?? null,
    filter.limit,
  ]);
}

export async function getLetter(sql: Sql, consumers: readonly string[], id: string): Promise<DeadLetter | undefined> {
  const [letter] = await sql.query<DeadLetter>(selectById, [consumers, id]);
  return letter;
}

export async function countOpenLetters(sql: Sql, consumer: string): Promise<number> {
  const [row] = await sql.query<{ open: bigint }>(countOpen, [consumer]);
  return Number(row?.open ?? 0n);
}
