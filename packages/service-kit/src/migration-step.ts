import { topicSettings } from '@tenor/contracts';
import type { BaseConfig } from './config.ts';
import type { Database } from './database.ts';
import { connectKafka } from './kafka.ts';
import { createTopics, deadLetterTopic, type TopicRequest } from './kafka-topics.ts';
import { createLogger } from './logging.ts';
import { migrate } from './migrate.ts';

export interface MigrationStep<Config extends BaseConfig> {
  /** The service's name, as in its log lines: `billing`. */
  readonly name: string;
  readonly config: Config;
  readonly openDatabase: (config: Config) => Promise<Database>;
  /** The service's consumer groups, whose dead letters have a topic each. */
  readonly groups: readonly string[];
  /** Topics of its own, besides those of events. */
  readonly topics?: readonly TopicRequest[];
  /** What the new schema is to hold from the first. */
  readonly fill?: (database: Database) => Promise<void>;
}

/** −1: as many replicas as the broker gives by default. */
const BROKER_DEFAULT_REPLICATION = -1;

/**
 * Brings a service's schema up to date, and the topics that it writes and reads, whichever service comes first. What
 * exists is left as it is, so it may run again.
 */
export async function runMigrationStep<Config extends BaseConfig>(step: MigrationStep<Config>): Promise<void> {
  const { name, config, groups } = step;
  const logger = createLogger({ service: `${name}-migrate`, level: config.LOG_LEVEL });
  const database = await step.openDatabase(config);
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: `tenor-${name}-migrate`, logger });
  try {
    logger.info({ migrations: await migrate(database) }, 'schema is up to date');
    await step.fill?.(database);
    const topics = Object.entries(topicSettings).map(([topic, settings]) => ({ name: topic, ...settings }));
    const deadLetters = groups.map((group) => ({
      ...topicSettings['payment.payments.v1'],
      name: deadLetterTopic(group),
    }));
    const placement = { prefix: config.TOPIC_PREFIX, replicationFactor: BROKER_DEFAULT_REPLICATION };
    logger.info(
      { topics: await createTopics(kafka, [...topics, ...deadLetters, ...(step.topics ?? [])], placement) },
      'topics are there',
    );
  } finally {
    await kafka.close();
    await database.close();
  }
}
