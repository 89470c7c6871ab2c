import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '@tenor/local-stack';
import { createTopic, readTopic } from '@tenor/testing';
import { Kafka, logLevel } from 'kafkajs';

const TIMEOUT_MS = 180_000;

describe('a kept stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kept-stack-'));
  const env = { ...process.env, DATABASE_URL: '', KAFKA_BROKERS: '' };
  const start = (): Promise<Stack> => startStack({ folder, keep: true, only: 'embedded', env });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(
    'has its messages at the next start, at the same address',
    async () => {
      const first = await start();
      const producer = new Kafka({ brokers: first.kafka.brokers, logLevel: logLevel.NOTHING }).producer();
      await createTopic(first.kafka.brokers, 'kept');
      await producer.connect();
      await producer.send({ topic: 'kept', messages: [{ key: 'a', value: '{"n":7}' }] });
      await producer.disconnect();
      await first.stop();

      const second = await start();
      const messages = await readTopic(second.kafka.brokers, 'kept').finally(() => second.stop());
      expect(messages).toMatchObject([{ partition: 0, offset: 0n, key: 'a', value: { n: 7 } }]);
      expect(second.kafka.brokers).toEqual(first.kafka.brokers);
    },
    TIMEOUT_MS,
  );
});
