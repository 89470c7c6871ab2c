import type { Consumer as KafkaConsumer } from 'kafkajs';

/** What a consumer tells the broker of how far it has come. */
export interface OffsetCommits {
  /** Everything of the partition before the offset is settled. */
  moved(topic: string, partition: number, nextOffset: bigint): void;
  /** Tells what is not told yet, and resolves when the broker has it. */
  flush(): Promise<void>;
  end(): void;
}

const INTERVAL_MS = 500;

/**
 * Commits offsets for all partitions in one request, a few times a second at most: a request for each set of events cost
 * the broker more than reading them. What counts is the progress in the database; from these a member that takes a
 * partition over begins, and what it reads again of the last half second is dropped as known. A commit that fails is
 * repeated with the next.
 */
export function startOffsetCommits(consumer: Pick<KafkaConsumer, 'commitOffsets'>): OffsetCommits {
  const untold = new Map<string, { topic: string; partition: number; offset: string }>();

  async function flush(): Promise<void> {
    const offsets = [...untold];
    if (offsets.length === 0) return;
    await consumer.commitOffsets(offsets.map(([, offset]) => offset));
    for (const [key, told] of offsets) if (untold.get(key) === told) untold.delete(key);
  }

  const timer = setInterval(() => void flush().catch(() => {}), INTERVAL_MS);
  timer.unref();
  return {
    moved: (topic, partition, nextOffset) =>
      void untold.set(`${topic}/${partition}`, { topic, partition, offset: String(nextOffset) }),
    flush,
    end: () => clearInterval(timer),
  };
}
