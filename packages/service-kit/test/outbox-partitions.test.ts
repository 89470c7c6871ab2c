import { setTimeout as sleep } from 'node:timers/promises';
import { TOPIC_PARTITIONS, topicSettings, topics } from '@tenor/contracts';
import { eventually, readTopic } from '@tenor/testing';
import type { Producer, ProducerBatch, ProducerConfig } from 'kafkajs';
import { newId } from '../src/ids.ts';
import { type KafkaConnection, partitionFor } from '../src/kafka.ts';
import { startRelay } from '../src/outbox-relay.ts';
import { CUSTOMER_SLOTS, DEAD_LETTER_SLOT, LANES, laneOf, slotOf } from '../src/outbox-slots.ts';
import { runUnitOfWork } from '../src/unit-of-work.ts';
import {
  context,
  countOutbox,
  type Fixture,
  logger,
  newCustomer,
  openFixture,
  PARTITIONS,
  publishPayment,
} from './data-fixture.ts';

const CUSTOMERS = 60;
const EVENTS_EACH = 3;

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture('partitions');
});
afterAll(() => fixture.close());

/** Refuses what goes to one partition and appends the rest, and then rejects the whole call, as the client does. */
function refusingKafka(kafka: KafkaConnection, refused: { partition: number | undefined }) {
  const counts = { connected: 0, sends: 0 };
  const isRefused = (key: unknown): boolean =>
    typeof key === 'string' && partitionFor(key, PARTITIONS) === refused.partition;
  const wrap = (producer: Producer) => ({
    connect: () => {
      counts.connected += 1;
      return producer.connect();
    },
    disconnect: () => producer.disconnect(),
    async sendBatch({ topicMessages = [], ...options }: ProducerBatch) {
      counts.sends += 1;
      const given = topicMessages.map(({ topic, messages }) => ({
        topic,
        messages: messages.filter(({ key }) => !isRefused(key)),
        refused: messages.filter(({ key }) => isRefused(key)).length,
      }));
      const appended = given.filter(({ messages }) => messages.length > 0);
      if (appended.length > 0) await producer.sendBatch({ ...options, topicMessages: appended });
      if (given.some((messages) => messages.refused > 0)) throw new Error('LEADER_NOT_AVAILABLE');
    },
  });
  const client = { producer: (config: ProducerConfig) => wrap(kafka.client.producer(config)) };
  return { kafka: { ...kafka, client } as unknown as KafkaConnection, counts };
}

test('a partition that refuses holds up only its own customers, and nobody is published twice', async () => {
  const { database, brokers, topicPrefix } = fixture;
  const ids = Array.from({ length: CUSTOMERS }, newId);
  for (const customerId of ids) {
    await database.query(newCustomer, [customerId]);
    await runUnitOfWork(database, context(), (uow) =>
      publishPayment(uow, { subject: customerId, customerId, from: 0n, count: EVENTS_EACH }),
    );
  }
  const held = ids.filter((id) => partitionFor(id, PARTITIONS) === 0);
  const free = ids.filter((id) => !held.includes(id));
  const waiting = async () => (await database.query<{ waiting: bigint }>(countOutbox))[0]?.waiting;
  const published = async (): Promise<Map<string, number[]>> => {
    const bySubject = new Map<string, number[]>();
    for (const { value } of await readTopic(brokers, `${topicPrefix}${topics.payments}`)) {
      const { subject, sequence } = value as { subject: string; sequence: number };
      bySubject.set(subject, [...(bySubject.get(subject) ?? []), sequence]);
    }
    return bySubject;
  };
  const once = (subjects: readonly string[]) => new Map(subjects.map((subject) => [subject, [1, 2, 3]]));

  const refused: { partition: number | undefined } = { partition: 0 };
  const refusing = refusingKafka(fixture.kafka, refused);
  const relay = startRelay({ database, kafka: refusing.kafka, topicPrefix, logger });
  await eventually(async () => expect(await waiting()).toBe(BigInt(held.length * EVENTS_EACH)));
  await eventually(() => expect(relay.healthy()).toBe(false));
  // Several more refusals.
  await sleep(1_000);
  expect(relay.healthy()).toBe(false);
  expect(await published()).toEqual(once(free));
  // Few sends for each of the lanes, and a new producer at most for each that was refused.
  expect(refusing.counts.sends).toBeLessThan(100);
  expect(refusing.counts.connected).toBeLessThan(30);

  const [late = ''] = free;
  await runUnitOfWork(database, context(), (uow) =>
    publishPayment(uow, { subject: late, customerId: late, from: 3n, count: 1 }),
  );
  await eventually(async () => expect(await waiting()).toBe(BigInt(held.length * EVENTS_EACH)), { timeoutMs: 2_000 });

  refused.partition = undefined;
  await eventually(async () => expect(await waiting()).toBe(0n), { timeoutMs: 15_000 });
  await eventually(() => expect(relay.healthy()).toBe(true));
  expect(await published()).toEqual(once(ids).set(late, [1, 2, 3, 4]));
  await relay.stop();
});

test('partitions whose broker never answers hold up the others for little more than a second, once', async () => {
  const { database, topicPrefix } = fixture;
  const ids = Array.from({ length: CUSTOMERS }, newId);
  const isSilent = (key: unknown): boolean => typeof key === 'string' && partitionFor(key, PARTITIONS) !== 0;
  const published: string[] = [];
  const atLast = Promise.withResolvers<never[]>();
  const producer = {
    connect: async () => {},
    disconnect: async () => {},
    sendBatch: ({ topicMessages = [] }: ProducerBatch) => {
      const keys = topicMessages.flatMap(({ messages }) => messages.map(({ key }) => String(key)));
      if (keys.some(isSilent)) return atLast.promise;
      published.push(...keys);
      return Promise.resolve([]);
    },
  };
  const kafka = { ...fixture.kafka, client: { producer: () => producer } } as unknown as KafkaConnection;
  const relay = startRelay({ database, kafka, topicPrefix, logger });
  for (const customerId of ids) {
    await database.query(newCustomer, [customerId]);
    await runUnitOfWork(database, context(), (uow) =>
      publishPayment(uow, { subject: customerId, customerId, from: 0n, count: 1 }),
    );
  }
  const free = ids.filter((id) => !isSilent(id)).sort();
  // Four at a time give up their places after a second: less than the time-out of a send.
  await eventually(() => expect([...published].sort()).toEqual(free), { timeoutMs: 6_000 });
  atLast.resolve([]);
  await relay.stop();
});

test('a slot lies in one partition of every event topic, which is its lane', () => {
  for (const { partitions } of Object.values(topicSettings)) {
    expect(partitions).toBe(TOPIC_PARTITIONS);
    expect(CUSTOMER_SLOTS % partitions).toBe(0);
  }
  for (let index = 0; index < 1_000; index += 1) {
    const id = newId();
    expect(laneOf(slotOf(id))).toBe(partitionFor(id, TOPIC_PARTITIONS));
  }
  expect(laneOf(DEAD_LETTER_SLOT)).toBe(LANES - 1);
});
