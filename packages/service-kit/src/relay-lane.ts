import { CLOUD_EVENTS_CONTENT_TYPE } from '@tenor/contracts';
import type { Message, TopicMessages } from 'kafkajs';
import type { Database } from './database.ts';
import type { OutboxMetrics } from './metrics.ts';
import { deleteFromOutbox, type OutboxRow, readOutbox } from './outbox.store.ts';
import type { LaneHealth } from './outbox-relay.ts';
import type { Channels } from './relay-channel.ts';
import type { Sender } from './relay-sender.ts';
import { backOffMs } from './retry.ts';
import { tracePublications } from './traced-messages.ts';
import type { Tracer } from './tracer.ts';

export interface Lane {
  /** Looks at its slots now. */
  wake(): void;
  /** Resolves once the send that is now under way has ended, however it ends. */
  settled(): Promise<void>;
  /** Resolves once the lane has ended after `signal`. */
  readonly stopped: Promise<void>;
}

interface LaneOptions {
  readonly database: Database;
  readonly channels: Channels;
  readonly topicPrefix: string;
  /** The slots of this lane that may be sent from now. */
  readonly slots: () => number[];
  /** Whether it has slots at all, such as may be sent from once their lease is renewed. */
  readonly hasSlots: () => boolean;
  /** Of this lane alone. */
  readonly health: LaneHealth;
  readonly metrics: OutboxMetrics | undefined;
  readonly tracer: Tracer | undefined;
  readonly signal: AbortSignal;
}

const ROWS_PER_SLOT_MAX = 200;
/** All slots of a lane lie in one partition: a request makes one batch per topic, and the broker takes at most 1 MB of it. */
const BYTES_PER_SEND_MAX = 800_000;
/** It is woken when there is something; what it waits for by itself is only its lease. */
const IDLE_MS = 5_000;
const UNLEASED_MS = 1_000;
const FIRST_BACK_OFF_MS = 100;
const BACK_OFF_MAX_MS = 5_000;

type Outcome = 'more' | 'done' | 'unleased';

/**
 * Sends what its slots hold, in order, one send at a time, until `signal`. The slots of a lane are those of one
 * partition: a send is acknowledged or refused as one, and a partition that refuses makes only its own lane back off.
 */
export function startLane(options: LaneOptions): Lane {
  const { channels, health, signal } = options;
  const pause = interruptiblePause(signal);
  let isDirty = true;
  let current: Promise<unknown> = Promise.resolve();

  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const { sender, inTurn } = failures === 0 ? channels.steady : channels.retrying;
      try {
        const outcome = await inTurn(async () => {
          if (signal.aborted) return 'unleased';
          isDirty = false;
          const pass = passOver(options, sender);
          current = pass.catch(() => {});
          return pass;
        });
        if (outcome !== 'unleased') {
          failures = 0;
          health.succeeded();
        }
        if (outcome !== 'more' && !isDirty) await pause.until(outcome === 'unleased' ? UNLEASED_MS : IDLE_MS);
      } catch (error) {
        failures += 1;
        health.failed(error);
        pause.hold();
        await pause.until(backOffMs(failures, FIRST_BACK_OFF_MS, BACK_OFF_MAX_MS));
      }
    }
  }

  return {
    wake() {
      isDirty = true;
      pause.interrupt();
    },
    settled: async () => {
      await current;
    },
    stopped: run(),
  };
}

/** One read, one send, one deletion. Says whether there is more to send right away, or nothing leased to send from. */
async function passOver(options: LaneOptions, sender: Sender): Promise<Outcome> {
  const { database, topicPrefix, metrics, tracer } = options;
  const slots = options.slots();
  if (slots.length === 0) return options.hasSlots() ? 'unleased' : 'done';
  const rows = await readOutbox(database.background, slots, ROWS_PER_SLOT_MAX);
  if (rows.length === 0) return 'done';
  await sender.ready();
  // Reading and connecting took time; a lease may since have become too short for a send.
  const sendable = new Set(options.slots());
  const sent = withinBytes(rows.filter(({ slot }) => sendable.has(slot)));
  if (sent.length === 0) return 'unleased';
  const topicMessages = messagesOf(sent, topicPrefix);
  const sentAt = Date.now();
  await sender.send(topicMessages);
  for (const { topic, messages } of topicMessages) metrics?.published.inc({ topic }, messages.length);
  await deleteFromOutbox(database.background, sent);
  if (tracer !== undefined) tracePublications(tracer, sent, sentAt);
  return sent.length < rows.length || rows.length >= ROWS_PER_SLOT_MAX ? 'more' : 'done';
}

/** Of each slot as many of its first rows as its equal part of a send allows, and at least one. */
function withinBytes(rows: readonly OutboxRow[]): OutboxRow[] {
  const share = BYTES_PER_SEND_MAX / new Set(rows.map(({ slot }) => slot)).size;
  const taken = new Map<number, number>();
  return rows.filter((row) => {
    const before = taken.get(row.slot) ?? 0;
    const after = before + bytesOf(row);
    taken.set(row.slot, after);
    return before === 0 || after <= share;
  });
}

function bytesOf({ payload, raw_payload: raw }: OutboxRow): number {
  return 1 + (raw?.length ?? Buffer.byteLength(payload ?? '', 'utf8'));
}

function messagesOf(rows: readonly OutboxRow[], topicPrefix: string): (TopicMessages & { messages: Message[] })[] {
  const topics = new Map<string, Message[]>();
  for (const row of rows) {
    const messages = topics.get(row.topic) ?? [];
    messages.push({
      // Only a dead letter brings headers, and the key that it came with, which may be none.
      key: row.headers === null ? row.customer_id : row.message_key,
      value: row.raw_payload ?? row.payload,
      headers: row.headers ?? { 'content-type': CLOUD_EVENTS_CONTENT_TYPE },
    });
    topics.set(row.topic, messages);
  }
  return [...topics].map(([topic, messages]) => ({ topic: `${topicPrefix}${topic}`, messages }));
}

/** A pause that a wake ends early, unless it is held, as a back-off is; the end of the lane always does. */
function interruptiblePause(signal: AbortSignal): {
  until(ms: number): Promise<void>;
  hold(): void;
  interrupt(): void;
} {
  let isHeld = false;
  let end = (): void => {};
  signal.addEventListener('abort', () => end());
  return {
    async until(ms) {
      if (signal.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      end = () => {};
      isHeld = false;
    },
    hold: () => {
      isHeld = true;
    },
    interrupt: () => {
      if (!isHeld) end();
    },
  };
}
