import { Kafka, logLevel } from 'kafkajs';
import { ApiKey, brokerBytes, correlationIdOf, frameReader, requestHeader, withBrokers } from './kafka-frames.ts';
import { type Fault, type Passage, startTcpProxy, type Tap, type TcpProxy } from './tcp-proxy.ts';

/** A cluster as seen through one proxy for each of its brokers. */
export interface KafkaProxy {
  /** `host:port` of the proxies. */
  readonly brokers: string[];
  set(fault: Fault): Promise<void>;
  cut(): void;
  /** Of all brokers together. */
  passage(): Passage;
  /** Resets the connection instead of passing on the next so many answers to produce requests: what they asked is done. */
  dropProduceAnswers(count: number): void;
  /** How many such answers were dropped so far. */
  dropped(): number;
  close(): Promise<void>;
}

/**
 * Stands between clients and brokers. Clients go where an answer says that a broker is, so the proxies put themselves
 * there, in the answers and by the protocol versions of kafkajs (Metadata before 9, FindCoordinator before 3).
 */
export async function startKafkaProxy(brokers: readonly string[]): Promise<KafkaProxy> {
  const proxies: TcpProxy[] = [];
  const replacements: (readonly [Buffer, Buffer])[] = [];
  const answers = { toDrop: 0, dropped: 0 };
  for (const broker of await advertisedBy(brokers)) {
    const proxy = await startTcpProxy(broker, () => tapOf(replacements, answers));
    proxies.push(proxy);
    replacements.push([brokerBytes(broker), brokerBytes(proxy)]);
  }
  return {
    brokers: proxies.map(({ host, port }) => `${host}:${port}`),
    async set(fault) {
      await Promise.all(proxies.map((proxy) => proxy.set(fault)));
    },
    cut: () => proxies.forEach((proxy) => void proxy.cut()),
    passage: () => together(proxies.map((proxy) => proxy.passage())),
    dropProduceAnswers(count) {
      answers.toDrop = count;
    },
    dropped: () => answers.dropped,
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

function together(passages: readonly Passage[]): Passage {
  const sum = (count: keyof Passage) => passages.reduce((all, passage) => all + passage[count], 0);
  return {
    bytes: sum('bytes'),
    delayed: sum('delayed'),
    swallowed: sum('swallowed'),
    resets: sum('resets'),
    cutAnswers: sum('cutAnswers'),
  };
}

async function advertisedBy(brokers: readonly string[]): Promise<{ host: string; port: number }[]> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return (await admin.describeCluster()).brokers;
  } finally {
    await admin.disconnect();
  }
}

function tapOf(
  replacements: readonly (readonly [Buffer, Buffer])[],
  answers: { toDrop: number; dropped: number },
): Tap {
  const readers = { requests: frameReader(), answers: frameReader() };
  const asked = new Map<number, number>();
  return {
    pass(direction, bytes) {
      const frames = readers[direction](bytes);
      if (direction === 'requests') {
        for (const frame of frames) {
          const { apiKey, correlationId } = requestHeader(frame);
          asked.set(correlationId, apiKey);
        }
        return bytes;
      }
      const passed: Buffer[] = [];
      for (const frame of frames) {
        const apiKey = asked.get(correlationIdOf(frame));
        asked.delete(correlationIdOf(frame));
        if (apiKey === ApiKey.produce && answers.toDrop > 0) {
          answers.toDrop -= 1;
          answers.dropped += 1;
          return 'cut';
        }
        const namesBrokers = apiKey === ApiKey.metadata || apiKey === ApiKey.findCoordinator;
        passed.push(namesBrokers ? withBrokers(frame, replacements) : frame);
      }
      return Buffer.concat(passed);
    },
  };
}
