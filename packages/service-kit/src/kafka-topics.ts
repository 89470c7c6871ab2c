import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { KafkaConnection } from './kafka.ts';

export interface TopicRequest {
  /** Without the prefix. */
  readonly name: string;
  readonly partitions: number;
  /** −1: for ever. */
  readonly retentionMs: number;
}

const CREATE_TIMEOUT_MS = 20_000;
const ATTEMPTS_MAX = 80;
const PAUSE_MS = 250;

/** What a broker says of partitions until it has heard of them and knows that it leads them. */
const unsettledTypes = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION']);

/** Where a consumer group's dead letters are published, without the prefix. */
export function deadLetterTopic(group: string): string {
  return `${group}.dead-letters`;
}

/**
 * Creates the topics that do not exist yet, never compacted; existing ones are left as they are. Part of
 * the migration step. Returns the names that were created, once every partition of all topics is served:
 * another service may be creating the same ones, and a broker lists a new topic before it can serve it. Rejects when
 * one takes longer than 20 s. A replication factor of −1 is the broker's own.
 */
export async function createTopics(
  kafka: KafkaConnection,
  topics: readonly TopicRequest[],
  { prefix, replicationFactor }: { prefix: string; replicationFactor: number },
): Promise<string[]> {
  const admin = kafka.client.admin();
  const names = topics.map(({ name }) => `${prefix}${name}`);
  await admin.connect();
  try {
    const created = await retryingUnsettled(() => createMissing(admin, topics, { prefix, replicationFactor }));
    // Each partition's leader is asked: the broker names it a moment before it is one.
    for (const name of names) await retryingUnsettled(() => admin.fetchTopicOffsets(name));
    return created;
  } finally {
    await admin.disconnect();
  }
}

async function createMissing(
  admin: Admin,
  topics: readonly TopicRequest[],
  { prefix, replicationFactor }: { prefix: string; replicationFactor: number },
): Promise<string[]> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter(({ name }) => !existing.has(`${prefix}${name}`));
  if (missing.length === 0) return [];
  await admin.createTopics({
    // The client would give up at once where the broker has not heard of the topic yet.
    waitForLeaders: false,
    timeout: CREATE_TIMEOUT_MS,
    topics: missing.map(({ name, partitions, retentionMs }) => ({
      topic: `${prefix}${name}`,
      numPartitions: partitions,
      replicationFactor,
      configEntries: [
        { name: 'cleanup.policy', value: 'delete' },
        { name: 'retention.ms', value: String(retentionMs) },
      ],
    })),
  });
  return missing.map(({ name }) => `${prefix}${name}`);
}

async function retryingUnsettled<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!unsettledTypes.has(typeOf(error)) || attempt === ATTEMPTS_MAX) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** The protocol's name of an error, looking through the client's own retries; empty where it has none. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'type' in error ? String(error.type) : typeOf(error.cause);
}
