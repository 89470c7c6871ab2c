import { topicSettings } from '@tenor/contracts';
import { connectKafka, createLogger, createTopics, deadLetterTopic, loadConfig, migrate } from '@tenor/service-kit';
import { type PaymentConfig, paymentConfigSchema } from './config.ts';
import { projectionGroup } from './consumers.ts';
import { openPaymentDatabase } from './database.ts';

/** −1: as many replicas as the broker gives by default. */
const BROKER_DEFAULT_REPLICATION = -1;

/**
 * The migration step: the schema, and the topics that this service writes and reads, whichever service comes
 * first. What exists is left as it is, so it may run again.
 */
export async function migratePayment(config: PaymentConfig): Promise<void> {
  const logger = createLogger({ service: 'payment-migrate', level: config.LOG_LEVEL });
  const database = await openPaymentDatabase(config);
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: 'tenor-payment-migrate', logger });
  try {
    logger.info({ migrations: await migrate(database) }, 'schema is up to date');
    const topics = Object.entries(topicSettings).map(([name, settings]) => ({ name, ...settings }));
    const deadLetters = { ...topicSettings['payment.payments.v1'], name: deadLetterTopic(projectionGroup) };
    const placement = { prefix: config.TOPIC_PREFIX, replicationFactor: BROKER_DEFAULT_REPLICATION };
    logger.info({ topics: await createTopics(kafka, [...topics, deadLetters], placement) }, 'topics are there');
  } finally {
    await kafka.close();
    await database.close();
  }
}

if (import.meta.main) await migratePayment(loadConfig(paymentConfigSchema, process.env));
