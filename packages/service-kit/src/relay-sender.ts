import { Partitioners, type Producer, type TopicMessages } from 'kafkajs';
import type { KafkaConnection } from './kafka.ts';
import { atMost, within } from './time-limit.ts';

export interface Sender {
  /** Resolves once connected. */
  ready(): Promise<void>;
  /** Resolves once the broker has acknowledged all of it; rejects at the latest after SEND_TIMEOUT_MS. */
  send(topicMessages: TopicMessages[]): Promise<void>;
  close(): Promise<void>;
}

/** After so long a send counts as failed; it may still arrive, as a duplicate. */
export const SEND_TIMEOUT_MS = 8_000;
const DISCONNECT_TIMEOUT_MS = 2_000;

const NO_ANSWER = 'Kafka did not answer';

interface Shared {
  readonly producer: Promise<Producer>;
  uses: number;
}

/**
 * A producer that is not used again after any failure: on a connection that died in silence every send
 * would fail for as long as the operating system believes in it. Others may be sending by it, so it is
 * disconnected after the last of these.
 */
export function createSender(kafka: KafkaConnection): Sender {
  let current: Shared | undefined;

  function leave(shared: Shared): void {
    shared.uses -= 1;
    if (shared !== current && shared.uses === 0) void disconnect(shared.producer);
  }
  async function using<T>(work: (producer: Producer) => Promise<T>): Promise<T> {
    current ??= { producer: connect(kafka), uses: 0 };
    const shared = current;
    shared.uses += 1;
    const { producer } = shared;
    const until = performance.now() + SEND_TIMEOUT_MS;
    try {
      return await within(
        SEND_TIMEOUT_MS,
        producer.then((ready) => {
          // Nobody waits any longer, and the lease may be over: a send must not begin now.
          if (performance.now() >= until) throw new Error('Kafka took too long to connect');
          return work(ready);
        }),
        NO_ANSWER,
      );
    } catch (error) {
      if (current === shared) current = undefined;
      throw error;
    } finally {
      leave(shared);
    }
  }
  return {
    ready: () => using(async () => {}),
    send: (topicMessages) =>
      using(async (producer) => {
        await producer.sendBatch({ acks: -1, timeout: SEND_TIMEOUT_MS, topicMessages });
      }),
    async close() {
      if (current !== undefined) await disconnect(current.producer);
    },
  };
}

async function connect(kafka: KafkaConnection): Promise<Producer> {
  const producer = kafka.client.producer({
    // An idempotent producer of this client can lose an acknowledged event; duplicates are the inbox's business.
    idempotent: false,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 1, initialRetryTime: 100 },
  });
  await producer.connect();
  return producer;
}

/** kafkajs waits for answers first, which may not come. */
function disconnect(connecting: Promise<Producer>): Promise<void> {
  return atMost(
    DISCONNECT_TIMEOUT_MS,
    connecting.then((producer) => producer.disconnect()),
  );
}
