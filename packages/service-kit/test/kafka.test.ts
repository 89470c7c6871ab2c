import { topics } from '@tenor/contracts';
import { eventually, startKafkaProxy } from '@tenor/testing';
import { ConfigResourceTypes, Partitioners } from 'kafkajs';
import { isEnvironmentFault } from '../src/errors.ts';
import { connectKafka, createTopics, type KafkaConnection, partitionFor, topicEndOffset } from '../src/kafka.ts';
import { murmur2 } from '../src/partition.ts';
import { type Fixture, logger, openFixture, PARTITIONS } from './data-fixture.ts';

let fixture: Fixture;
let topic = '';
beforeAll(async () => {
  fixture = await openFixture('kafka');
  topic = `${fixture.topicPrefix}${topics.payments}`;
});
afterAll(() => fixture.close());

describe('the partition of a key', () => {
  // From the tests of Kafka's Java client.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s to %i', (key, hash) => expect(murmur2(Buffer.from(key))).toBe(hash));

  test('is where the producer sends it', () => {
    const choose = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({ partitionId, leader: 1 }));
    for (let index = 0; index < 200; index += 1) {
      const key = `019aa4f1-6c00-7000-8000-${String(index).padStart(12, '0')}`;
      const message = { key, value: '' };
      expect(partitionFor(key, 12)).toBe(choose({ topic, partitionMetadata: partitionMetadata as never, message }));
    }
  });
});

describe('topics', () => {
  test('are kept for ever and never compacted, and are left alone when they exist', async () => {
    const request = { name: 'billing.loans.v1', partitions: 3, retentionMs: -1 };
    const where = { prefix: fixture.topicPrefix, replicationFactor: 1 };
    expect(await createTopics(fixture.kafka, [request], where)).toEqual([`${fixture.topicPrefix}billing.loans.v1`]);
    expect(await createTopics(fixture.kafka, [{ ...request, partitions: 5 }], where)).toEqual([]);

    const admin = fixture.kafka.client.admin();
    await admin.connect();
    const name = `${fixture.topicPrefix}billing.loans.v1`;
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [name] });
    expect(found[0]?.partitions).toHaveLength(3);
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames: ['retention.ms', 'cleanup.policy'] }],
    });
    const entries = resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]);
    expect(Object.fromEntries(entries ?? [])).toEqual({ 'retention.ms': '-1', 'cleanup.policy': 'delete' });
    await admin.disconnect();
  });

  test('are told of only when the broker serves each of their partitions', async () => {
    const unknown = Object.assign(new Error('not hosted'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
    const noLeader = Object.assign(new Error('no leader'), { type: 'LEADER_NOT_AVAILABLE' });
    const answers = [unknown, new Error('retries exceeded', { cause: noLeader }), []];
    const admin = {
      connect: async () => {},
      disconnect: async () => {},
      listTopics: async () => [],
      createTopics: async () => true,
      fetchTopicOffsets: async () => {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
    const kafka = { client: { admin: () => admin } } as unknown as KafkaConnection;
    const request = { name: 'new', partitions: 1, retentionMs: -1 };
    expect(await createTopics(kafka, [request], { prefix: 't.', replicationFactor: 1 })).toEqual(['t.new']);
    expect(answers).toEqual([]);
    answers.push(new Error('not allowed'));
    await expect(createTopics(kafka, [request], { prefix: 't.', replicationFactor: 1 })).rejects.toThrow('not allowed');
  });
});

test('a connection that was cut in the middle of an answer leaves nothing to the one after it', async () => {
  const proxy = await startKafkaProxy(fixture.brokers);
  const kafka = connectKafka({ brokers: proxy.brokers, clientId: 'cut', logger });
  const producer = kafka.client.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 0 } });
  await producer.connect();
  const send = () => producer.send({ topic, messages: [{ partition: 3, value: 'x' }] });
  await send();
  for (const afterBytes of [2, 30]) {
    await proxy.set({ kind: 'cut', afterBytes });
    await expect(send()).rejects.toThrow();
    await proxy.set({ kind: 'none' });
    // The client has to notice first that the broker it knew is gone.
    await eventually(() => send());
  }
  await producer.disconnect();
  await proxy.close();
});

describe('the end of a partition', () => {
  test('is never older than the question, however many ask at once', async () => {
    const producer = fixture.kafka.client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const before = await topicEndOffset(fixture.kafka, topic, 1);
    for (let sent = 1n; sent <= 10n; sent += 1n) {
      const early = topicEndOffset(fixture.kafka, topic, 1);
      await producer.send({ topic, messages: [{ partition: 1, value: 'x' }] });
      const late = await Promise.all([1, 2, 3].map(() => topicEndOffset(fixture.kafka, topic, 1)));
      expect(late).toEqual([before + sent, before + sent, before + sent]);
      expect(await early).toBeLessThanOrEqual(before + sent);
    }
    await producer.disconnect();
  });

  test('is found by key', async () => {
    const { partition, endOffset } = await fixture.kafka.endOf(topic, 'foobar');
    expect(partition).toBe(partitionFor('foobar', PARTITIONS));
    expect(endOffset).toBe(await topicEndOffset(fixture.kafka, topic, partition));
  });

  test('cannot be asked of a broker that is away: an environment fault', async () => {
    const away = connectKafka({ brokers: ['127.0.0.1:1'], clientId: 'nowhere', logger });
    const error = await topicEndOffset(away, topic, 0).catch((caught: unknown) => caught);
    expect(isEnvironmentFault(error)).toBe(true);
    await away.close();
  });
});
