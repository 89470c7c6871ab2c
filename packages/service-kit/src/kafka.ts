import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { kafkaLogCreator } from './kafka-log.ts';
import { createEndOffsets, type TopicEnd } from './kafka-offsets.ts';
import type { Logger } from './logging.ts';

export type { TopicEnd } from './kafka-offsets.ts';
export { createTopics, deadLetterTopic, type TopicRequest } from './kafka-topics.ts';
export { partitionFor } from './partition.ts';

/** The one door to the broker: nothing outside this package knows the client behind it. */
export interface KafkaConnection {
  readonly client: Kafka;
  /** See `topicEndOffset`. */
  endOf(topic: string, key: string): Promise<TopicEnd>;
  endOffset(topic: string, partition: number): Promise<bigint>;
  /** Closes what the look-ups have opened; relay and consumers stop on their own. */
  close(): Promise<void>;
}

export interface KafkaOptions {
  /** `host:port` of some brokers of the cluster. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
}

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** Nothing is sent yet: a broker that is down shows when something is asked of it. */
export function connectKafka({ brokers, clientId, logger }: KafkaOptions): KafkaConnection {
  const config: KafkaConfig = {
    clientId,
    brokers: [...brokers],
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    // Whoever uses the client repeats by its own rules; here only what a moved leader needs.
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.INFO,
    logCreator: kafkaLogCreator(logger),
  };
  const client = new Kafka(config);
  const ends = createEndOffsets(client);
  return { client, endOf: ends.endOf, endOffset: ends.endOffset, close: ends.close };
}

/**
 * The offset after the last message of a partition, asked of the broker after this call began; calls
 * at the same time share one request. The topic's full name, prefix included. Rejects with an
 * environment fault when the broker does not answer within 1.5 s.
 */
export function topicEndOffset(kafka: KafkaConnection, topic: string, partition: number): Promise<bigint> {
  return kafka.endOffset(topic, partition);
}
