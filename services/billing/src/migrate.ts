import { topicSettings } from '@tenor/contracts';
import { connectKafka, createLogger, createTopics, deadLetterTopic, loadConfig, migrate } from '@tenor/service-kit';
import { type BillingConfig, billingConfigSchema } from './config.ts';
import { repaymentsGroup } from './consumers.ts';
import { openBillingDatabase } from './database.ts';
import { saveProducts } from './products/products.store.ts';
import { shippedProducts } from './products/shipped-products.ts';

/** −1: as many replicas as the broker gives by default. */
const BROKER_DEFAULT_REPLICATION = -1;

/**
 * The migration step: the schema, the products that ship, and the topics that this service writes and reads,
 * whichever service comes first. What exists is left as it is, so it may run again.
 */
export async function migrateBilling(config: BillingConfig): Promise<void> {
  const logger = createLogger({ service: 'billing-migrate', level: config.LOG_LEVEL });
  const database = await openBillingDatabase(config);
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: 'tenor-billing-migrate', logger });
  try {
    logger.info({ migrations: await migrate(database) }, 'schema is up to date');
    await saveProducts(database, shippedProducts);
    const topics = Object.entries(topicSettings).map(([name, settings]) => ({ name, ...settings }));
    const deadLetters = { ...topicSettings['payment.payments.v1'], name: deadLetterTopic(repaymentsGroup) };
    const placement = { prefix: config.TOPIC_PREFIX, replicationFactor: BROKER_DEFAULT_REPLICATION };
    logger.info({ topics: await createTopics(kafka, [...topics, deadLetters], placement) }, 'topics are there');
  } finally {
    await kafka.close();
    await database.close();
  }
}

if (import.meta.main) await migrateBilling(loadConfig(billingConfigSchema, process.env));
