import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import type { KafkaConnection } from './kafka.ts';
import type { Logger } from './logging.ts';
import { type Metrics, type OutboxMetrics, outboxMetrics } from './metrics.ts';
import { outboxBacklog, waitingSlots } from './outbox.store.ts';
import { createLeases, type Leases } from './outbox-leases.ts';
import { createRotation } from './outbox-rotation.ts';
import { startSignals } from './outbox-signals.ts';
import { createHealth } from './relay-health.ts';
import { type Lanes, startLanes } from './relay-lanes.ts';
import { openSession } from './relay-session.ts';
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
  /** How long the broker may take over a send before its lanes go on each by itself, in milliseconds. */
  readonly slowSendMs?: number;
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
/** Longer than a healthy broker takes: what is parted for it is sent twice. */
const SLOW_SEND_MS = 2_000;
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
  const { database, kafka, topicPrefix, tracer, leaseMs = LEASE_MS, slowSendMs = SLOW_SEND_MS } = options;
  const logger = options.logger.child({ component: 'outbox-relay' });
  const metrics = options.metrics === undefined ? undefined : outboxMetrics(options.metrics);
  const lessee = { id: newId(), leaseMs };
  const stopping = new AbortController();
  const health = createHealth(logger, metrics);
  const leases: Leases = createLeases({
    database: database.background,
    lessee,
    logger,
    wake: () => lanes.wake(),
    settled: () => lanes.settled(),
    session: () => session.number(),
  });
  const lanes: Lanes = startLanes({
    database: database.background,
    relayId: lessee.id,
    rotation: createRotation(),
    kafka,
    topicPrefix,
    leases,
    health,
    metrics,
    tracer,
    slowSendMs,
    signal: stopping.signal,
  });
  const signals = startSignals({ database, owns: leases.owns, wake: lanes.wake });
  const session = openSession({
    database,
    logger,
    channel: signals.channel,
    hear: signals.hear,
    changed: leases.tellSession,
  });
  leases.start();
  const polling = poll(database, leases, lanes.wake, stopping.signal);
  if (metrics !== undefined) void watchBacklog(database, metrics, stopping.signal);

  return {
    wake: () => lanes.wake(),
    healthy: health.healthy,
    async stop() {
      stopping.abort();
      signals.stop();
      await polling;
      await atMost(STOP_TIMEOUT_MS, lanes.ended());
      await leases.stop();
      await session.stop();
      await lanes.close();
    },
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
