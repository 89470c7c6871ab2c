import { setTimeout as sleep } from 'node:timers/promises';
import type { EventType, TopicName } from '@tenor/contracts';
import type { EachBatchPayload, Consumer as KafkaConsumer } from 'kafkajs';
import { type BatchProcessor, createBatchProcessor } from './consumer-batches.ts';
import type { Handle, Subscriber } from './consumer-transaction.ts';
import type { Database } from './database.ts';
import { createDeadLetterDesk, type DeadLetterDesk } from './dead-letter-replay.ts';
import { countOpenLetters } from './dead-letters.store.ts';
import { type Reading, readerOf } from './delivery.ts';
import { type KafkaConnection, topicEndOffset } from './kafka.ts';
import type { Logger } from './logging.ts';
import { type ConsumerMeters, consumerMeters, type Metrics } from './metrics.ts';
import { type OffsetCommits, startOffsetCommits } from './offset-commits.ts';
import { backOffMs } from './retry.ts';
import { atMost } from './time-limit.ts';
import type { Tracer } from './tracer.ts';

export type { Handle } from './consumer-transaction.ts';
export type { DeadLetterDesk, ReplayResult } from './dead-letter-replay.ts';
export type { Delivery } from './delivery.ts';
export { type Place, readProgress, readTopicProgress } from './inbox.store.ts';

export interface ConsumerOptions extends Reading {
  readonly kafka: KafkaConnection;
  readonly database: Database;
  /** Without the tenant's prefix; also the consumer's name in inbox, progress and dead letters. */
  readonly group: string;
  readonly topics: readonly TopicName[];
  readonly topicPrefix: string;
  /** Types whose events replace all that came before of their subject: they are handled also behind a dead letter. */
  readonly snapshots?: readonly EventType[];
  readonly handle: Handle;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  readonly tracer?: Tracer | undefined;
}

export interface Consumer extends DeadLetterDesk {
  /** Whether it is a member of its group and its partitions move. */
  healthy(): boolean;
  /** Finishes the transactions under way, commits their offsets and leaves the group; within STOP_TIMEOUT_MS. */
  stop(): Promise<void>;
}

/**
 * What a member that is gone without a goodbye costs: the broker gives out no partition before. The least that brokers
 * take by default; a long transaction does not end it, since heartbeats go on meanwhile.
 */
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_INTERVAL_MS = 1_500;
/** How long the others wait for a member to end its transaction; a request to join is given up 5 s later. */
const REBALANCE_TIMEOUT_MS = 10_000;
const MAX_WAIT_MS = 500;
/** As many as one read may bring, so that they can share a transaction. */
const PARTITIONS_AT_ONCE = 24;
const FIRST_BACK_OFF_MS = 250;
const BACK_OFF_MAX_MS = 3_000;
/** A partition that goes on failing is told of every few minutes. */
const FAILURES_PER_LINE = 50;
/** Of the transaction under way and of the broker's leave; a broker that does not answer is left without. */
const STOP_TIMEOUT_MS = 4_000;
const RELEASED_INTERVAL_MS = 3_000;

/** Consumes for as long as it runs. Returns at once: the broker may be down, and is tried again. */
export function startConsumer(options: ConsumerOptions): Consumer {
  const { database, group, handle } = options;
  const meters = consumerMeters(options.metrics);
  const logger = options.logger.child({ component: 'consumer', group });
  const desk = createDeadLetterDesk({ database, group, handle });
  const snapshots = new Set<string>(options.snapshots);
  const subscriber: Subscriber = { database, group, snapshots, handle, metrics: meters, tracer: options.tracer };
  const processor = createBatchProcessor({ subscriber, read: readerOf(options), logger });
  const stopping = new AbortController();
  const state: State = { isMember: false, assigned: new Set(), failures: new Map(), logger };
  const running = keepRunning({ ...options, meters }, processor, state, stopping.signal);
  const released = watchDeadLetters(desk, { ...options, meters }, logger, stopping.signal);
  return {
    ...desk,
    healthy: () => state.isMember && state.failures.size === 0,
    async stop() {
      stopping.abort();
      await Promise.all([running, released]);
    },
  };
}

type Running = ConsumerOptions & { readonly meters: ConsumerMeters | undefined };

interface State {
  isMember: boolean;
  /** Its partitions since it last joined, as the keys of `failures`. */
  assigned: ReadonlySet<string>;
  /** Failures in a row by partition; a partition that moves is not in it. */
  readonly failures: Map<string, number>;
  readonly logger: Logger;
}

/** One kafkajs consumer, as its batches know it. */
interface Member {
  readonly state: State;
  readonly commits: OffsetCommits;
  /** Aborted when no other is to take its place. */
  readonly stopping: AbortSignal;
  /** Aborted once another has taken its place, or none is to. */
  readonly retired: AbortSignal;
}

/** One kafkajs consumer after another: one that crashed without restarting itself is replaced. */
async function keepRunning(
  options: Running,
  processor: BatchProcessor,
  state: State,
  signal: AbortSignal,
): Promise<void> {
  for (let crashes = 0; !signal.aborted; ) {
    const retired = new AbortController();
    const consumer = createConsumer(options, state, retired.signal);
    const crashed = crashOf(consumer, state);
    const commits = startOffsetCommits(consumer);
    const begun = begin(consumer, options, processor, { state, commits, stopping: signal, retired: retired.signal });
    try {
      const error = await Promise.race([begun.then(() => crashed), crashed, aborted(signal)]);
      if (error !== undefined) throw error;
    } catch (error) {
      if (state.isMember || crashes === 0)
        state.logger.warn({ err: error }, 'consumer crashed; a new one takes its place');
      crashes = state.isMember ? 1 : crashes + 1;
    }
    state.isMember = false;
    retired.abort();
    // One that is still joining would not hear of the end, and stay a member that reads nothing.
    const ended = begun.catch(() => {}).then(() => consumer.disconnect());
    await atMost(STOP_TIMEOUT_MS, ended);
    commits.end();
    const pauseMs = backOffMs(Math.max(1, crashes), FIRST_BACK_OFF_MS, BACK_OFF_MAX_MS);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** Joins the group and starts to consume. */
async function begin(
  consumer: KafkaConsumer,
  options: Running,
  processor: BatchProcessor,
  member: Member,
): Promise<void> {
  await consumer.connect();
  const topics = options.topics.map((topic) => `${options.topicPrefix}${topic}`);
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
    eachBatch: (payload) => eachBatch(options, processor, member, payload),
  });
}

function createConsumer(
  { kafka, group, topicPrefix }: ConsumerOptions,
  state: State,
  retired: AbortSignal,
): KafkaConsumer {
  const consumer = kafka.client.consumer({
    groupId: `${topicPrefix}${group}`,
    allowAutoTopicCreation: false,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    maxWaitTimeInMs: MAX_WAIT_MS,
    retry: { retries: 2, initialRetryTime: 200, restartOnFailure: async () => !retired.aborted },
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    state.isMember = true;
    state.assigned = new Set(
      Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => `${topic.slice(topicPrefix.length)}/${partition}`),
      ),
    );
    // Another member has these now.
    for (const key of state.failures.keys()) if (!state.assigned.has(key)) state.failures.delete(key);
    state.logger.info('consumer has joined its group');
  });
  return consumer;
}

/**
 * Resolves with the error after which kafkajs does not go on by itself. It would go on asking on a connection that has
 * left a request without an answer, though the connection may be dead.
 */
function crashOf(consumer: KafkaConsumer, state: State): Promise<unknown> {
  return new Promise((resolve) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      // Whether it was a member tells a crash from another failure to begin.
      if (payload.restart) state.isMember = false;
      else resolve(payload.error);
    });
    consumer.on(consumer.events.REQUEST_TIMEOUT, ({ payload }) =>
      resolve(new Error(`${payload.broker} did not answer ${payload.apiName}`)),
    );
  });
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

async function eachBatch(
  options: Running,
  processor: BatchProcessor,
  { state, commits, stopping, retired }: Member,
  payload: EachBatchPayload,
): Promise<void> {
  const { batch, resolveOffset, heartbeat, isRunning, isStale, pause } = payload;
  const topic = batch.topic.slice(options.topicPrefix.length);
  const { partition } = batch;
  const key = `${topic}/${partition}`;
  let next = BigInt(batch.firstOffset() ?? 0);
  // Whatever one says of the group, the next before a transaction says too.
  const beating = setInterval(() => void heartbeat().catch(() => {}), HEARTBEAT_INTERVAL_MS);
  try {
    await processor.process({
      topic,
      partition,
      messages: batch.messages.map(({ offset, key: messageKey, value, timestamp }) => ({
        topic,
        partition,
        offset: BigInt(offset),
        key: messageKey?.toString('utf8') ?? null,
        value,
        writtenAtMs: Number(timestamp),
      })),
      nextOffset: BigInt(batch.lastOffset()) + 1n,
      endOffset: BigInt(batch.highWatermark),
      askEnd: () => topicEndOffset(options.kafka, batch.topic, partition),
      goOn: async () => {
        await heartbeat();
        return isRunning() && !isStale();
      },
      hasFailed: state.failures.has(key),
      committed: (nextOffset) => {
        next = nextOffset;
        resolveOffset(String(nextOffset - 1n));
        commits.moved(batch.topic, partition, nextOffset);
      },
    });
    if (state.failures.delete(key)) state.logger.info({ topic, partition }, 'partition moves again');
  } catch (error) {
    // The client's own faults are the client's to repeat: a rebalance, a lost coordinator.
    if (error instanceof Error && error.name.startsWith('KafkaJS')) throw error;
    const failures = (state.failures.get(key) ?? 0) + 1;
    // What a consumer that was replaced could not do is its successor's now.
    if (!retired.aborted && state.assigned.has(key)) state.failures.set(key, failures);
    if (failures % FAILURES_PER_LINE === 1) {
      const line = { err: error, topic, partition, offset: String(next), failures };
      state.logger.warn(line, 'partition pauses at this offset; it is tried again');
    }
    options.meters?.handled.inc({ group: options.group, topic, outcome: 'retried' });
    resumeLater(pause(), failures);
  } finally {
    clearInterval(beating);
    options.meters?.lag.set({ group: options.group, topic, partition }, Number(BigInt(batch.highWatermark) - next));
  }
  if (stopping.aborted) await commits.flush();
}

function resumeLater(resume: () => void, failures: number): void {
  const timer = setTimeout(
    () => {
      try {
        resume();
      } catch {
        // The partition has gone to another member, or the consumer has stopped.
      }
    },
    backOffMs(failures, FIRST_BACK_OFF_MS, BACK_OFF_MAX_MS),
  );
  timer.unref();
}

async function watchDeadLetters(
  desk: DeadLetterDesk,
  { database, group, meters }: Running,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await desk.replayReleased();
      meters?.deadLetters.open.set({ consumer: group }, await countOpenLetters(database, group));
    } catch (error) {
      logger.debug({ err: error }, 'parked messages could not be replayed');
    }
    await sleep(RELEASED_INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}
