import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';
import type { KafkaConnection } from './kafka.ts';
import type { Logger } from './logging.ts';
import { type Metrics, type OutboxMetrics, outboxMetrics } from './metrics.ts';
import { outboxBacklog, waitingSlots } from './outbox.store.ts';
import { createLeases, type Leases } from './outbox-leases.ts';
import { startSignals } from './outbox-signals.ts';
import { LANES, laneOf, SLOTS } from './outbox-slots.ts';
import { createChannels } from './relay-channel.ts';
import { type Lane, startLane } from './relay-lane.ts';
import { atMost } from './time-limit.ts';
import type { Tracer } from './tracer.ts';

export interface RelayOptions {
  readonly database: Database;
  readonly kafka: KafkaConnection;
  readonly topicPrefix: string;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  readonly tracer?: Tracer | undefined;
  /** How long a slot stays with a relay that is not heard of, in milliseconds. */
  readonly leaseMs?: number;
}

export interface Relay {
  /** Looks for events now instead of at the next poll; commits in this process do it by themselves. */
  wake(): void;
  /** Whether the last send to every partition was acknowledged; while it is false, events are kept and tried again. */
  healthy(): boolean;
  /** Gives the sends under way STOP_TIMEOUT_MS to finish, gives the leases back and disconnects. */
  stop(): Promise<void>;
}

const LEASE_MS = 15_000;
/** Polling is the truth; signals only make it faster. */
const POLL_INTERVAL_MS = 1_000;
const BACKLOG_INTERVAL_MS = 10_000;
/** For the sends under way: one that arrives after all is a duplicate. */
const STOP_TIMEOUT_MS = 4_000;

/**
 * Publishes the outbox for as long as it runs, at least once and in order per customer, together with
 * any number of other relays. Returns at once: the broker may be down, and events then wait.
 */
export function startRelay(options: RelayOptions): Relay {
  const { database, kafka, topicPrefix, leaseMs = LEASE_MS } = options;
  const logger = options.logger.child({ component: 'outbox-relay' });
  const metrics = options.metrics === undefined ? undefined : outboxMetrics(options.metrics);
  const channels = createChannels(kafka);
  const stopping = new AbortController();
  const health = createHealth(logger, metrics);
  const lanes: Lane[] = [];
  const wake = (slots?: readonly number[]): void => {
    lanes.forEach((lane, index) => {
      if (slots === undefined || slots.some((slot) => laneOf(slot) === index)) lane.wake();
    });
  };
  const leases = createLeases({
    database: database.background,
    leaseMs,
    logger,
    wake: () => wake(),
    settled: () => Promise.all(lanes.map((lane) => lane.settled())),
  });
  for (let index = 0; index < LANES; index += 1) {
    const own = Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => laneOf(slot) === index);
    lanes.push(
      startLane({
        database,
        channels,
        topicPrefix,
        slots: () => leases.sendable().filter((slot) => own.includes(slot)),
        hasSlots: () => own.some(leases.holds),
        health: health.ofLane(index),
        metrics,
        tracer: options.tracer,
        signal: stopping.signal,
      }),
    );
  }
  const signals = startSignals({ database, logger, owns: leases.owns, wake });
  void leases.start();
  const polling = poll(database, leases, wake, stopping.signal);
  if (metrics !== undefined) void watchBacklog(database, metrics, stopping.signal);

  return {
    wake: () => wake(),
    healthy: health.healthy,
    async stop() {
      stopping.abort();
      await signals.stop();
      await polling;
      await atMost(STOP_TIMEOUT_MS, Promise.all(lanes.map((lane) => lane.stopped)));
      await leases.stop();
      await channels.close();
    },
  };
}

export interface LaneHealth {
  /** What it had to send is acknowledged. */
  succeeded(): void;
  failed(error: unknown): void;
}

interface Health {
  healthy(): boolean;
  ofLane(lane: number): LaneHealth;
}

/** One line in the log when a first lane cannot publish, one when all can again. */
function createHealth(logger: Logger, metrics: OutboxMetrics | undefined): Health {
  const failing = new Set<number>();
  return {
    healthy: () => failing.size === 0,
    ofLane: (lane) => ({
      succeeded() {
        if (failing.delete(lane) && failing.size === 0) logger.info('events are published again');
      },
      failed(error) {
        metrics?.failures.inc();
        if (failing.size === 0) {
          logger.warn({ err: error, lane }, 'events cannot be published; they are kept and tried again');
        }
        failing.add(lane);
      },
    }),
  };
}

/** One look at all slots instead of one by each lane. */
async function poll(
  { background }: Database,
  leases: Leases,
  wake: (slots?: readonly number[]) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(POLL_INTERVAL_MS, undefined, { signal }).catch(() => {});
    const slots = leases.sendable();
    if (signal.aborted || slots.length === 0) continue;
    // Without an answer all lanes are woken, and find out for themselves.
    wake(await waitingSlots(background, slots).catch(() => undefined));
  }
}

async function watchBacklog(database: Database, metrics: OutboxMetrics, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const backlog = await outboxBacklog(database.background).catch(() => undefined);
    if (backlog !== undefined) {
      metrics.depth.set(backlog.depth);
      metrics.lagSeconds.set(backlog.lagSeconds);
    }
    await sleep(BACKLOG_INTERVAL_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}
