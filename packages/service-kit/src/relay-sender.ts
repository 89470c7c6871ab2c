import { type Message, Partitioners, type Producer, type TopicMessages } from 'kafkajs';
import type { KafkaConnection } from './kafka.ts';
import { atMost, within } from './time-limit.ts';

export interface Outgoing {
  /** With the tenant's prefix. */
  readonly topic: string;
  readonly message: Message;
}

/** What became of a send. What is neither acknowledged nor known to be refused may still arrive. */
export interface Answer<Sent extends Outgoing> {
  readonly acknowledged: readonly Sent[];
  /** Why the rest is not acknowledged; absent when all is. */
  readonly error?: unknown;
}

export interface Sender {
  /** Resolves once connected. */
  ready(): Promise<void>;
  /** One request to each broker concerned, of all that it leads. Answers at the latest after SEND_TIMEOUT_MS; never rejects. */
  send<Sent extends Outgoing>(outgoing: readonly Sent[]): Promise<Answer<Sent>>;
  close(): Promise<void>;
}

/** After so long a send counts as failed; it may still arrive, as a duplicate. */
export const SEND_TIMEOUT_MS = 8_000;
const DISCONNECT_TIMEOUT_MS = 2_000;

const NO_ANSWER = 'Kafka did not answer';

interface Shared {
  readonly producer: Promise<Producer>;
  /** The partition that each message was given. */
  readonly placed: WeakMap<Message, number>;
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
  async function using(shared: Shared, work: (producer: Producer) => Promise<void>): Promise<void> {
    shared.uses += 1;
    const until = performance.now() + SEND_TIMEOUT_MS;
    try {
      await within(
        SEND_TIMEOUT_MS,
        shared.producer.then((ready) => {
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
  const share = (): Shared => {
    current ??= connect(kafka);
    return current;
  };
  return {
    ready: () => using(share(), async () => {}),
    async send(outgoing) {
      const shared = share();
      try {
        await using(shared, async (producer) => {
          await producer.sendBatch({ acks: -1, timeout: SEND_TIMEOUT_MS, topicMessages: byTopic(outgoing) });
        });
        return { acknowledged: outgoing };
      } catch (error) {
        const isAcknowledged = acknowledgedBy(error);
        const acknowledged = outgoing.filter(({ topic, message }) => isAcknowledged(topic, shared.placed.get(message)));
        return { acknowledged, error };
      }
    },
    async close() {
      if (current !== undefined) await disconnect(current.producer);
    },
  };
}

function byTopic(outgoing: readonly Outgoing[]): TopicMessages[] {
  const topics = new Map<string, Message[]>();
  for (const { topic, message } of outgoing) {
    const messages = topics.get(topic) ?? [];
    messages.push(message);
    topics.set(topic, messages);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}

interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A broker answers for each partition; the patched client says which of them it has appended when it refuses others. */
function acknowledgedBy(error: unknown): (topic: string, partition: number | undefined) => boolean {
  const { acknowledged, cause } = error as { acknowledged?: readonly TopicPartition[]; cause?: unknown };
  if (acknowledged === undefined && cause instanceof Error) return acknowledgedBy(cause);
  const known = new Set(acknowledged?.map(({ topic, partition }) => `${topic}/${partition}`));
  return (topic, partition) => known.has(`${topic}/${partition}`);
}

function connect(kafka: KafkaConnection): Shared {
  const placed = new WeakMap<Message, number>();
  const producer = kafka.client.producer({
    // An idempotent producer of this client can lose an acknowledged event; duplicates are the inbox's business.
    idempotent: false,
    allowAutoTopicCreation: false,
    createPartitioner: () => {
      const partition = Partitioners.DefaultPartitioner();
      return (given) => {
        const chosen = partition(given);
        placed.set(given.message, chosen);
        return chosen;
      };
    },
    // The client would repeat all of a send of which one partition was refused.
    retry: { retries: 0 },
  });
  return { producer: producer.connect().then(() => producer), placed, uses: 0 };
}

/** kafkajs waits for answers first, which may not come. */
function disconnect(connecting: Promise<Producer>): Promise<void> {
  return atMost(
    DISCONNECT_TIMEOUT_MS,
    connecting.then((producer) => producer.disconnect()),
  );
}
