import { asyncApiDocument } from '@tenor/contracts';
import { type App, createApp } from './app.ts';
import type { BaseConfig } from './config.ts';
import type { Consumer } from './consumer.ts';
import type { Database } from './database.ts';
import { registerDeadLetterRoutes } from './dead-letters.routes.ts';
import { type Purge, startHousekeeping } from './housekeeping.ts';
import { connectKafka, type KafkaConnection } from './kafka.ts';
import type { KeySource } from './key-sources.ts';
import { createLogger, type Logger } from './logging.ts';
import { createMetrics, type Metrics, observePool } from './metrics.ts';
import { hasPendingMigrations } from './migrate.ts';
import type { Owners } from './object-access.ts';
import { type Relay, startRelay } from './outbox-relay.ts';
import { type Check, pingCheck } from './probes.ts';
import { rateLimitPurge } from './rate-limit-store.ts';
import { createRateLimits } from './rate-limits.ts';
import type { Running } from './shutdown.ts';
import { tracedDatabase } from './traced-database.ts';
import { openTracer, type Tracer } from './tracer.ts';

/** What a service brings along for its app. */
export interface OwnParts {
  readonly checks?: readonly Check[];
  /** Of the issuer that it is. */
  readonly keys?: KeySource | undefined;
  /** Whose the things are that its routes name. */
  readonly owners?: Owners;
}

/** What every service stands on while it runs. */
export interface Backbone {
  readonly database: Database;
  readonly kafka: KafkaConnection;
  readonly topicPrefix: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Undefined unless tracing is on. */
  readonly tracer: Tracer | undefined;
  /** The app with its probes, contracts and dead-letter routes; the service adds its own routes before it listens. */
  createApp(consumers: readonly Consumer[], own?: OwnParts): Promise<App>;
  /** Listens, and returns how to stop: requests first, then batches and sends in flight, then the connections. */
  listen(app: App, consumers: readonly Consumer[], onStop?: () => void | Promise<void>): Promise<RunningService>;
}

export interface RunningService extends Running {
  readonly app: App;
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
}

const VERSION = '0.1.0';

/**
 * Opens the database, the broker's client, the relay and housekeeping. Rejects when the database cannot be reached or
 * lacks a migration; a broker that is down stops nothing, since its topics wait in the outbox. `purges` are tables of the
 * service's own that housekeeping keeps small.
 */
export async function openBackbone<Config extends BaseConfig>(
  name: string,
  config: Config,
  openDatabase: (config: Config) => Promise<Database>,
  purges: readonly Purge[] = [],
): Promise<Backbone> {
  const logger = createLogger({ service: name, level: config.LOG_LEVEL });
  const metrics = createMetrics(name);
  const tracer = await openTracer(name, config, logger);
  const opened = await openChecked(config, openDatabase);
  const database = tracer === undefined ? opened : tracedDatabase(opened, tracer);
  observePool(metrics, database.poolCounts);
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: `tenor-${name}`, logger });
  const shared = { database, kafka, topicPrefix: config.TOPIC_PREFIX, logger, metrics, tracer };
  const relay = startRelay(shared);
  const housekeeping = startHousekeeping({ ...shared, purges: [rateLimitPurge, ...purges] });
  const rateLimits = createRateLimits(config, { database, logger, secret: config.EXTERNAL_REF_KEY });

  return {
    ...shared,
    async createApp(consumers, { checks = [], keys, owners = {} } = {}) {
      const openapi = { title: `Tenor ${name}`, version: VERSION };
      const readiness = [...readinessOf(database, relay, consumers), ...checks];
      const asyncapi = asyncApiDocument();
      const app = await createApp({
        name,
        config,
        keys,
        logger,
        metrics,
        tracer,
        openapi,
        asyncapi,
        readiness,
        owners,
        rateLimits,
      });
      registerDeadLetterRoutes(app, { prefix: `/v1/${name}/dead-letters`, database, consumers });
      return app;
    },
    async listen(app, consumers, onStop = () => undefined) {
      const url = await app.listen({ host: config.HOST, port: config.PORT });
      return {
        app,
        url,
        shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS,
        async stop() {
          await onStop();
          await app.close();
          await Promise.all(consumers.map((consumer) => consumer.stop()));
          await relay.stop();
          await housekeeping.stop();
          await kafka.close();
          await database.close();
          await tracer?.shutdown();
        },
      };
    },
  };
}

function readinessOf(database: Database, relay: Relay, consumers: readonly Consumer[]): Check[] {
  const health = (isWell: () => boolean) => async () => (isWell() ? ('ok' as const) : ('degraded' as const));
  return [
    pingCheck('database', () => database.ping()),
    {
      name: 'migrations',
      critical: true,
      check: async () => ((await hasPendingMigrations(database)) ? 'down' : 'ok'),
    },
    { name: 'outbox', critical: false, check: health(() => relay.healthy()) },
    ...consumers.map((consumer) => ({
      name: consumer.group,
      critical: false,
      check: health(() => consumer.healthy()),
    })),
  ];
}

async function openChecked<Config>(config: Config, open: (config: Config) => Promise<Database>): Promise<Database> {
  const database = await open(config);
  if (!(await hasPendingMigrations(database))) return database;
  await database.close();
  throw new Error('The database lacks a migration of this version: run the migration step first.');
}
