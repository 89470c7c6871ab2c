import { TOPIC_PARTITIONS } from '@tenor/contracts';
import { connectKafka, createLogger, partitionFor } from '@tenor/service-kit';
import type { BillingMessage } from './fake-billing.ts';

/** Sends messages to billing's topics as billing's relay would: by customer, in the order given. */
export async function createSender(brokers: readonly string[], topicPrefix: string) {
  const logger = createLogger({ service: 'fake-billing', level: 'silent' });
  const kafka = connectKafka({ brokers, clientId: 'fake-billing', logger });
  // The topics are only just made; on a busy machine their partitions get a leader late.
  const producer = kafka.client.producer({ retry: { retries: 10 } });
  await producer.connect();
  return {
    async send(messages: readonly BillingMessage[]): Promise<void> {
      for (const { topic, customerId, text } of messages) {
        const partition = partitionFor(customerId, TOPIC_PARTITIONS);
        await producer.send({
          topic: `${topicPrefix}${topic}`,
          messages: [{ key: customerId, value: text, partition }],
        });
      }
    },
    async stop(): Promise<void> {
      await producer.disconnect();
      await kafka.close();
    },
  };
}
