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
const ATTEMPTS_MAX = 20;
const PAUSE_MS = 250;

/** Where a consumer group's dead letters are published, without the prefix. */
export function deadLetterTopic(group: string): string {
  return `${group}.dead-letters`;
}

/**
 * Creates the topics that do not exist yet, never compacted; existing ones are left as they are. Part of
 * the migration step. Returns the names that were created. A replication factor of −1 is the broker's own.
 */
export async function createTopics(
  kafka: KafkaConnection,
  topics: readonly TopicRequest[],
  { prefix, replicationFactor }: { prefix: string; replicationFactor: number },
): Promise<string[]> {
  const admin = kafka.client.admin();
  await admin.connect();
  try {
    return await retryingUnsettled(() => createMissing(admin, topics, { prefix, replicationFactor }));
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
    waitForLeaders: true,
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

/** Another service may be creating the same topics: for a moment the broker lists what it cannot serve yet. */
async function retryingUnsettled<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const type = error instanceof Error && 'type' in error ? error.type : undefined;
      if (type !== 'UNKNOWN_TOPIC_OR_PARTITION' || attempt === ATTEMPTS_MAX) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
