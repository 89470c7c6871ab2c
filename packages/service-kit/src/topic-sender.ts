import type { KafkaConnection } from './kafka.ts';
import { createSender } from './relay-sender.ts';
import { TimeoutError } from './time-limit.ts';

/** A message for a topic that is no event topic of ours. */
export interface TopicMessage {
  /** Without the tenant's prefix. */
  readonly topic: string;
  readonly key: string;
  /** Sent as JSON. */
  readonly value: unknown;
}

export interface TopicSender {
  /** Resolves once the broker has all of them; rejects with an environment fault, after which some may have arrived. */
  send(messages: readonly TopicMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** So many of the longest messages fit into what a broker takes at once. */
const MESSAGES_AT_ONCE = 50;

/** For a consumer that passes events on in another shape: what it sends before it commits arrives at least once. */
export function createTopicSender(kafka: KafkaConnection, topicPrefix: string): TopicSender {
  const sender = createSender(kafka);
  return {
    async send(messages) {
      for (let from = 0; from < messages.length; from += MESSAGES_AT_ONCE) {
        const outgoing = messages.slice(from, from + MESSAGES_AT_ONCE).map(({ topic, key, value }) => ({
          topic: `${topicPrefix}${topic}`,
          message: { key, value: JSON.stringify(value) },
        }));
        const { error } = await sender.send(outgoing);
        if (error !== undefined) throw new TimeoutError('Kafka did not take all messages', { cause: error });
      }
    },
    close: sender.close,
  };
}
