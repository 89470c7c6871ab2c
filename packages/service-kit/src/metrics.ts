import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** One registry per service instance, so that two in one process do not mix. */
export interface Metrics {
  readonly registry: Registry;
  readonly httpDuration: Histogram<'method' | 'route' | 'status'>;
}

const HTTP_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const httpDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer, by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: HTTP_BUCKETS_SECONDS,
    registers: [registry],
  });
  return { registry, httpDuration };
}

/** What a connection pool (pg's, for one) says of itself. */
export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** Connections by state, read when scraped. */
export function observePool({ registry }: Metrics, read: () => PoolCounts): void {
  new Gauge({
    name: 'db_pool_connections',
    help: 'Connections of the pool: in use, idle; and requests waiting for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { totalCount, idleCount, waitingCount } = read();
      this.set({ state: 'used' }, totalCount - idleCount);
      this.set({ state: 'idle' }, idleCount);
      this.set({ state: 'waiting' }, waitingCount);
    },
  });
}

export interface OutboxMetrics {
  readonly depth: Gauge;
  readonly lagSeconds: Gauge;
  readonly published: Counter<'topic'>;
  readonly failures: Counter;
}

export function outboxMetrics({ registry }: Metrics): OutboxMetrics {
  const registers = [registry];
  return {
    depth: new Gauge({ name: 'outbox_depth', help: 'Events waiting to be published.', registers }),
    lagSeconds: new Gauge({ name: 'outbox_lag_seconds', help: 'Age of the oldest event waiting.', registers }),
    published: new Counter({
      name: 'outbox_published_total',
      help: 'Events that the broker has acknowledged.',
      labelNames: ['topic'],
      registers,
    }),
    failures: new Counter({
      name: 'outbox_send_failures_total',
      help: 'Sends that failed and are repeated.',
      registers,
    }),
  };
}

export interface ConsumerMetrics {
  readonly lag: Gauge<'group' | 'topic' | 'partition'>;
  readonly handled: Counter<'group' | 'topic' | 'outcome'>;
  readonly transactionSeconds: Histogram<'group'>;
}

/** `outcome`: `applied`, `duplicate`, `skipped`, `dead_letter`, `parked`, `retried`. */
function consumerMetrics({ registry }: Metrics): ConsumerMetrics {
  const registers = [registry];
  return {
    lag: new Gauge({
      name: 'consumer_lag_messages',
      help: 'Messages between the committed offset and the end of the partition.',
      labelNames: ['group', 'topic', 'partition'],
      registers,
    }),
    handled: new Counter({
      name: 'consumer_messages_total',
      help: 'Messages by what became of them.',
      labelNames: ['group', 'topic', 'outcome'],
      registers,
    }),
    transactionSeconds: new Histogram({
      name: 'consumer_transaction_seconds',
      help: 'Time of one transaction of a consumer.',
      labelNames: ['group'],
      buckets: HTTP_BUCKETS_SECONDS,
      registers,
    }),
  };
}

export interface DeadLetterMetrics {
  readonly written: Counter<'consumer' | 'reason'>;
  readonly open: Gauge<'consumer'>;
}

function deadLetterMetrics({ registry }: Metrics): DeadLetterMetrics {
  const registers = [registry];
  return {
    written: new Counter({
      name: 'dead_letters_total',
      help: 'Messages put aside, by reason.',
      labelNames: ['consumer', 'reason'],
      registers,
    }),
    open: new Gauge({
      name: 'dead_letters_open',
      help: 'Dead letters not yet settled.',
      labelNames: ['consumer'],
      registers,
    }),
  };
}

/** A counter of something that the business counts, such as loans opened; the name ends in `_total`. */
export function businessCounter<Label extends string = never>(
  { registry }: Metrics,
  name: `${string}_total`,
  help: string,
  labelNames: readonly Label[] = [],
): Counter<Label> {
  return new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
}

/** A gauge of something that the business looks at, such as calls without an outcome. */
export function businessGauge<Label extends string = never>(
  { registry }: Metrics,
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Gauge<Label> {
  return new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
}

/** What a consumer counts. */
export type ConsumerMeters = ConsumerMetrics & { readonly deadLetters: DeadLetterMetrics };

const metersByRegistry = new WeakMap<Metrics, ConsumerMeters>();

/** The metrics that all consumers of a registry share. */
export function consumerMeters(metrics: Metrics | undefined): ConsumerMeters | undefined {
  if (metrics === undefined) return undefined;
  const meters = metersByRegistry.get(metrics) ?? {
    ...consumerMetrics(metrics),
    deadLetters: deadLetterMetrics(metrics),
  };
  metersByRegistry.set(metrics, meters);
  return meters;
}
