import type { Admin, Kafka } from 'kafkajs';
import { partitionFor } from './partition.ts';
import { atMost, within } from './time-limit.ts';

/** Where a key's partition of a topic ends. */
export interface TopicEnd {
  readonly partition: number;
  /** The offset that the next message will have; 0n for a partition that never had one. */
  readonly endOffset: bigint;
}

type Ends = ReadonlyMap<number, bigint>;

const TIMEOUT_MS = 1_500;
const DISCONNECT_TIMEOUT_MS = 2_000;

/**
 * Look-ups of end offsets over one admin connection, opened at first use. A call joins only a request
 * that is not sent yet, since one under way may answer with an older end than the caller's now.
 */
export function createEndOffsets(client: Kafka): {
  endOf(topic: string, key: string): Promise<TopicEnd>;
  endOffset(topic: string, partition: number): Promise<bigint>;
  close(): Promise<void>;
} {
  const topics = new Map<string, () => Promise<Ends>>();
  let admin: Promise<Admin> | undefined;

  async function drop(): Promise<void> {
    const open = admin;
    admin = undefined;
    if (open === undefined) return;
    await atMost(
      DISCONNECT_TIMEOUT_MS,
      open.then((connected) => connected.disconnect()),
    );
  }
  const connected = (): Promise<Admin> => {
    admin ??= connect(client).catch((error: unknown) => {
      admin = undefined;
      throw error;
    });
    return admin;
  };
  const ask = async (topic: string): Promise<Ends> => {
    const offsets = await (await connected()).fetchTopicOffsets(topic);
    return new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]));
  };
  const endsOf = (topic: string): Promise<Ends> => {
    const known = topics.get(topic) ?? oneAtATime(() => ask(topic));
    topics.set(topic, known);
    return within(TIMEOUT_MS, known(), 'Kafka did not tell the end of a topic').catch((error: unknown) => {
      // The connection may have died in silence, and everything waits behind its last question.
      topics.clear();
      void drop();
      throw error;
    });
  };
  return {
    async endOf(topic, key) {
      const ends = await endsOf(topic);
      const partition = partitionFor(key, ends.size);
      return { partition, endOffset: ends.get(partition) ?? 0n };
    },
    async endOffset(topic, partition) {
      const end = (await endsOf(topic)).get(partition);
      if (end === undefined) throw new Error(`Topic ${topic} has no partition ${partition}`);
      return end;
    },
    close: drop,
  };
}

async function connect(client: Kafka): Promise<Admin> {
  const admin = client.admin();
  await admin.connect();
  return admin;
}

/** At most one request under way and one to follow it, which all share that come in the meantime. */
function oneAtATime<T>(request: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<unknown> | undefined;
  let following: Promise<T> | undefined;
  const send = (): Promise<T> => {
    const sent = request();
    const settled = sent
      .catch(() => {})
      .then(() => {
        if (underWay === settled) underWay = undefined;
      });
    underWay = settled;
    return sent;
  };
  return () => {
    if (underWay === undefined) return send();
    following ??= underWay.then(() => {
      following = undefined;
      return send();
    });
    return following;
  };
}
