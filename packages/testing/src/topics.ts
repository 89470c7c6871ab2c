import { randomUUID } from 'node:crypto';
import { type Admin, AssignerProtocol, type EachMessagePayload, Kafka, logLevel } from 'kafkajs';
import { eventually } from './eventually.ts';

const READ_TIMEOUT_MS = 20_000;

export interface ReadMessage {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The value read as JSON; the text itself where it is none; null where there is no value. */
  readonly value: unknown;
}

const connect = (brokers: readonly string[]): Kafka =>
  new Kafka({ clientId: 'tenor-testing', brokers: [...brokers], logLevel: logLevel.NOTHING });

async function withAdmin<T>(brokers: readonly string[], work: (admin: Admin) => Promise<T>): Promise<T> {
  // Few retries: a topic that is missing is to be told soon.
  const admin = connect(brokers).admin({ retry: { retries: 2 } });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Creates a topic and waits until each partition is served: for a moment the broker knows of none, or not as its leader. */
export async function createTopic(brokers: readonly string[], topic: string, partitions = 1): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    await eventually(async () => {
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false });
    });
    await eventually(() => admin.fetchTopicOffsets(topic));
  });
}

/** Deletes all topics whose names begin with the prefix. */
export async function deleteTopics(brokers: readonly string[], prefix: string): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    // The list cannot be had while another test's topic comes or goes.
    const all = await eventually(() => admin.listTopics());
    const topics = all.filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  });
}

/** Deletes all that the topics hold up to now; offsets go on where they were. Full names, prefix included. */
export async function truncateTopics(brokers: readonly string[], topics: readonly string[]): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    for (const topic of topics) {
      const ends = await admin.fetchTopicOffsets(topic);
      const filled = ends.filter(({ low, high }) => low !== high);
      const partitions = filled.map(({ partition, high: offset }) => ({ partition, offset }));
      if (partitions.length > 0) await admin.deleteTopicRecords({ topic, partitions });
    }
  });
}

/**
 * Deletes all consumer groups whose names begin with the prefix, so that their next members begin anew; returns the
 * names. Rejects while a group still has members.
 */
export async function deleteGroups(brokers: readonly string[], prefix: string): Promise<string[]> {
  return withAdmin(brokers, async (admin) => {
    const { groups } = await admin.listGroups();
    const names = groups.map(({ groupId }) => groupId).filter((name) => name.startsWith(prefix));
    if (names.length > 0) await admin.deleteGroups(names);
    return names.sort();
  });
}

/** How the group's members share its partitions: of each member its `topic/partition`s, with full names. */
export async function assignmentsOf(brokers: readonly string[], groupId: string): Promise<Map<string, string[]>> {
  return withAdmin(brokers, async (admin) => {
    const { groups } = await admin.describeGroups([groupId]);
    const members = groups.flatMap((group) => group.members);
    return new Map(members.map(({ memberId, memberAssignment }) => [memberId, partitionsOf(memberAssignment)]));
  });
}

function partitionsOf(memberAssignment: Buffer): string[] {
  // A member that is still joining has none, and nothing to decode.
  if (memberAssignment.length === 0) return [];
  const { assignment = {} } = AssignerProtocol.MemberAssignment.decode(memberAssignment) ?? {};
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => `${topic}/${partition}`),
  );
}

/** The offset after the last message of each partition; 0n where there never was one. Full names, prefix included. */
export async function topicEnds(
  brokers: readonly string[],
  topics: readonly string[],
): Promise<{ topic: string; partition: number; end: bigint }[]> {
  return withAdmin(brokers, async (admin) => {
    const ends = topics.map(async (topic) =>
      (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({ topic, partition, end: BigInt(high) })),
    );
    return (await Promise.all(ends)).flat().sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
  });
}

/** All that the topic holds at this moment, by partition and offset. The full name, prefix included. */
export async function readTopic(brokers: readonly string[], topic: string): Promise<ReadMessage[]> {
  return withAdmin(brokers, async (admin) => {
    const awaited = new Map(
      (await admin.fetchTopicOffsets(topic))
        .filter(({ low, high }) => low !== high)
        .map(({ partition, high }) => [partition, BigInt(high)]),
    );
    if (awaited.size === 0) return [];
    const groupId = `read-${randomUUID()}`;
    const messages = await consume(brokers, topic, groupId, awaited);
    await admin.deleteGroups([groupId]);
    return messages.sort((a, b) => a.partition - b.partition || (a.offset < b.offset ? -1 : 1));
  });
}

/** Reads each awaited partition up to, not including, its end offset. */
async function consume(
  brokers: readonly string[],
  topic: string,
  groupId: string,
  awaited: Map<number, bigint>,
): Promise<ReadMessage[]> {
  const messages: ReadMessage[] = [];
  const consumer = connect(brokers).consumer({ groupId, maxWaitTimeInMs: 100 });
  await consumer.connect();
  let timer: NodeJS.Timeout | undefined;
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${topic} could not be read to its end`)), READ_TIMEOUT_MS);
      const eachMessage = async (payload: EachMessagePayload): Promise<void> => {
        const message = read(payload);
        const end = awaited.get(message.partition);
        if (end === undefined || message.offset >= end) return;
        messages.push(message);
        if (message.offset === end - 1n) awaited.delete(message.partition);
        if (awaited.size === 0) resolve();
      };
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
  return messages;
}

function read({ partition, message }: EachMessagePayload): ReadMessage {
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value ?? '')]);
  return {
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString() ?? null,
    headers: Object.fromEntries(headers),
    value: message.value === null ? null : readValue(message.value.toString()),
  };
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
