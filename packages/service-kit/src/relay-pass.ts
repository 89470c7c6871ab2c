import { CLOUD_EVENTS_CONTENT_TYPE } from '@tenor/contracts';
import type { Message } from 'kafkajs';
import type { Sql } from './database.ts';
import type { OutboxMetrics } from './metrics.ts';
import { deleteFromOutbox, type OutboxRow, readOutbox } from './outbox.store.ts';
import type { Rotation } from './outbox-rotation.ts';
import { laneOf, SLOTS_PER_PARTITION } from './outbox-slots.ts';
import type { Sender } from './relay-sender.ts';
import { tracePublications } from './traced-messages.ts';
import type { Tracer } from './tracer.ts';

export interface PassOptions {
  readonly database: Sql;
  readonly topicPrefix: string;
  /** The relay's id in its leases: what it does not lease in the database's eyes is not read. */
  readonly relayId: string;
  readonly rotation: Rotation;
  readonly metrics: OutboxMetrics | undefined;
  readonly tracer: Tracer | undefined;
  /** After so many milliseconds without an answer a send is slow. */
  readonly slowSendMs: number;
}

export interface Pass {
  /** The slots to look at, asked again just before the send, since a lease may have become too short for it. */
  readonly slots: () => readonly number[];
  readonly sender: Sender;
  /** Called when the send is slow; the pass goes on. */
  readonly onSlow?: (lanes: ReadonlySet<number>) => void;
}

/** Whether there is more to send right away, or nothing leased to send from. */
export type Outcome = 'more' | 'done' | 'unleased';

/** What these lanes had to send is not acknowledged, or not all of it. */
export class SendFault extends Error {
  readonly lanes: ReadonlySet<number>;

  constructor(lanes: ReadonlySet<number>, cause: unknown) {
    super('The broker has not acknowledged a send', { cause });
    this.name = 'SendFault';
    this.lanes = lanes;
  }
}

/** Bounds what a pass holds in memory. */
const ROWS_PER_PASS_MAX = 1_600;
const ROWS_PER_SLOT_MAX = 200;
/** A request makes one batch per partition, and the broker takes at most 1 MB of it. */
const BYTES_PER_SLOT_MAX = 800_000 / SLOTS_PER_PARTITION;

/**
 * One read of all the slots, one send, one deletion of what was acknowledged. Rejects with a SendFault that names the
 * lanes whose send failed, once the others' rows are deleted; with any other error when the database failed.
 */
export async function passOver(options: PassOptions, pass: Pass): Promise<Outcome> {
  const { database, relayId, rotation } = options;
  const slots = pass.slots();
  if (slots.length === 0) return 'unleased';
  const limit = Math.min(ROWS_PER_SLOT_MAX, Math.floor(ROWS_PER_PASS_MAX / slots.length));
  const stretches = slots.map((slot) => ({ slot, behind: rotation.placeOf(slot) }));
  const rows = await readOutbox(database, { relayId, stretches, limit });
  if (rows.length > 0) await connected(pass.sender, rows);
  // Reading and connecting took time.
  const sendable = new Set(pass.slots());
  const bySlot = Map.groupBy(rows, ({ slot }) => slot);
  const shares = stretches.map(({ slot, behind }) => {
    const read = bySlot.get(slot) ?? [];
    return { slot, behind, read, sent: sendable.has(slot) ? withinBytes(read) : [], isFull: read.length >= limit };
  });
  const due = shares.flatMap(({ sent }) => sent);
  if (due.length === 0 && rows.length > 0) return 'unleased';
  const fault = due.length > 0 ? await publish(options, pass, due) : undefined;
  // A lane that failed begins where it began.
  const passedOver = shares.filter((share) => !fault?.lanes.has(laneOf(share.slot)) && rotation.advance(share));
  if (fault !== undefined) throw fault;
  return passedOver.length > 0 ? 'more' : 'done';
}

function connected(sender: Sender, rows: readonly OutboxRow[]): Promise<void> {
  return sender.ready().catch((error: unknown) => {
    throw new SendFault(lanesOf(rows), error);
  });
}

/** Sends, and forgets what is acknowledged; tells of what is not. */
async function publish(
  options: PassOptions,
  { sender, onSlow }: Pass,
  rows: readonly OutboxRow[],
): Promise<SendFault | undefined> {
  const { database, topicPrefix, metrics, tracer, slowSendMs } = options;
  const outgoing = rows.map((row) => ({ row, topic: `${topicPrefix}${row.topic}`, message: messageOf(row) }));
  const sentAt = Date.now();
  const timer = setTimeout(() => onSlow?.(lanesOf(rows)), slowSendMs);
  const { acknowledged, error } = await sender.send(outgoing);
  clearTimeout(timer);
  const published = acknowledged.map(({ row }) => row);
  for (const { topic } of acknowledged) metrics?.published.inc({ topic });
  if (published.length > 0) await deleteFromOutbox(database, published);
  if (tracer !== undefined) tracePublications(tracer, published, sentAt);
  if (error === undefined) return undefined;
  const known = new Set(published);
  return new SendFault(lanesOf(rows.filter((row) => !known.has(row))), error);
}

function lanesOf(rows: readonly OutboxRow[]): ReadonlySet<number> {
  return new Set(rows.map(({ slot }) => laneOf(slot)));
}

/** As many of a slot's first rows as its part of a request allows, and at least one. */
function withinBytes(rows: readonly OutboxRow[]): OutboxRow[] {
  let bytes = 0;
  return rows.filter((row, index) => {
    bytes += bytesOf(row);
    return index === 0 || bytes <= BYTES_PER_SLOT_MAX;
  });
}

function bytesOf({ payload, raw_payload: raw }: OutboxRow): number {
  return 1 + (raw?.length ?? Buffer.byteLength(payload ?? '', 'utf8'));
}

function messageOf(row: OutboxRow): Message {
  return {
    // A dead letter, which alone brings headers, has the key that it came with, which may be none.
    key: row.headers === null ? (row.message_key ?? row.customer_id) : row.message_key,
    value: row.raw_payload ?? row.payload,
    headers: row.headers ?? { 'content-type': CLOUD_EVENTS_CONTENT_TYPE },
  };
}
