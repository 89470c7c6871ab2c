import { setTimeout as sleep } from 'node:timers/promises';
import { TOPIC_PARTITIONS, topicSettings, topics } from '@tenor/contracts';
import { eventually, readTopic } from '@tenor/testing';
import type { Producer, ProducerBatch, ProducerConfig } from 'kafkajs';
import { newId } from '../src/ids.ts';
import { type KafkaConnection, partitionFor } from '../src/kafka.ts';
import { startRelay } from '../src/outbox-relay.ts';
import { CUSTOMER_SLOTS, DEAD_LETTER_SLOT, LANES, laneOf, slotOf } from '../src/outbox-slots.ts';
import { statement } from '../src/statement.ts';
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
/** Where duplicates are counted, a busy machine must not make any. */
const NEVER_SLOW_MS = 60_000;
/** More than one read brings of a slot. */
const TALK = 400;

const enlarge = statement('test_enlarge', `update outbox set payload = repeat('x', 1500000) where customer_id = $1`);
const shrink = statement('test_shrink', 'update outbox set payload = $2 where customer_id = $1');

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture('partitions');
});
afterAll(() => fixture.close());

/** Refuses what goes to one partition and appends the rest, and then rejects the call and says so, as the client does. */
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
      if (given.every((messages) => messages.refused === 0)) return;
      const acknowledged = appended.flatMap(({ topic, messages }) =>
        messages.map(({ key }) => ({ topic, partition: partitionFor(String(key), PARTITIONS) })),
      );
      throw Object.assign(new Error('LEADER_NOT_AVAILABLE'), { acknowledged });
    },
  });
  const client = { producer: (config: ProducerConfig) => wrap(kafka.client.producer(config)) };
  return { kafka: { ...kafka, client } as unknown as KafkaConnection, counts };
}

async function newCustomers(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  for (const id of ids) await fixture.database.query(newCustomer, [id]);
  return ids;
}

const publish = (customerId: string, from: bigint, count: number): Promise<void> =>
  runUnitOfWork(fixture.database, context(), (uow) =>
    publishPayment(uow, { subject: customerId, customerId, from, count }),
  );

const waiting = async () => (await fixture.database.query<{ waiting: bigint }>(countOutbox))[0]?.waiting;

/** The sequences of each subject as they lie on the topic, duplicates and all. */
async function published(subjects: readonly string[]): Promise<Map<string, number[]>> {
  const bySubject = new Map<string, number[]>();
  for (const { value } of await readTopic(fixture.brokers, `${fixture.topicPrefix}${topics.payments}`)) {
    const { subject, sequence } = value as { subject: string; sequence: number };
    if (subjects.includes(subject)) bySubject.set(subject, [...(bySubject.get(subject) ?? []), sequence]);
  }
  return bySubject;
}

test('a partition that refuses holds up only its own customers, and nobody is published twice', async () => {
  const { database, topicPrefix } = fixture;
  const ids = await newCustomers(CUSTOMERS);
  for (const id of ids) await publish(id, 0n, EVENTS_EACH);
  const held = ids.filter((id) => partitionFor(id, PARTITIONS) === 0);
  const free = ids.filter((id) => !held.includes(id));
  const once = (subjects: readonly string[]) => new Map(subjects.map((subject) => [subject, [1, 2, 3]]));

  const refused: { partition: number | undefined } = { partition: 0 };
  const refusing = refusingKafka(fixture.kafka, refused);
  const relay = startRelay({ database, kafka: refusing.kafka, topicPrefix, logger, slowSendMs: NEVER_SLOW_MS });
  await eventually(async () => expect(await waiting()).toBe(BigInt(held.length * EVENTS_EACH)));
  await eventually(() => expect(relay.healthy()).toBe(false));
  // Several more refusals.
  await sleep(1_000);
  expect(relay.healthy()).toBe(false);
  expect(await published(ids)).toEqual(once(free));
  // Few sends for each of the lanes, and a new producer at most for each that was refused.
  expect(refusing.counts.sends).toBeLessThan(100);
  expect(refusing.counts.connected).toBeLessThan(30);

  const [late = ''] = free;
  await publish(late, 3n, 1);
  await eventually(async () => expect(await waiting()).toBe(BigInt(held.length * EVENTS_EACH)), { timeoutMs: 5_000 });

  refused.partition = undefined;
  await eventually(async () => expect(await waiting()).toBe(0n), { timeoutMs: 15_000 });
  await eventually(() => expect(relay.healthy()).toBe(true));
  expect(await published(ids)).toEqual(once(ids).set(late, [1, 2, 3, 4]));
  await relay.stop();
});

test('partitions whose broker never answers hold up the others for no longer than a slow send, once', async () => {
  const { database, topicPrefix } = fixture;
  const ids = await newCustomers(CUSTOMERS);
  const isSilent = (key: unknown): boolean => typeof key === 'string' && partitionFor(key, PARTITIONS) !== 0;
  const seen: string[] = [];
  const atLast = Promise.withResolvers<never[]>();
  const producer = {
    connect: async () => {},
    disconnect: async () => {},
    sendBatch: ({ topicMessages = [] }: ProducerBatch) => {
      const keys = topicMessages.flatMap(({ messages }) => messages.map(({ key }) => String(key)));
      if (keys.some(isSilent)) return atLast.promise;
      seen.push(...keys);
      return Promise.resolve([]);
    },
  };
  const kafka = { ...fixture.kafka, client: { producer: () => producer } } as unknown as KafkaConnection;
  const relay = startRelay({ database, kafka, topicPrefix, logger, slowSendMs: 300 });
  for (const id of ids) await publish(id, 0n, 1);
  const free = ids.filter((id) => !isSilent(id)).sort();
  // Less than the time-out of a send, after which its lanes would be parted in any case.
  await eventually(() => expect([...seen].sort()).toEqual(free), { timeoutMs: 6_000 });
  atLast.resolve([]);
  await relay.stop();
});

test('what waits in all lanes goes out in one send', async () => {
  const { database, topicPrefix } = fixture;
  const ids = await newCustomers(CUSTOMERS);
  for (const id of ids) await publish(id, 0n, 1);
  expect(new Set(ids.map((id) => laneOf(slotOf(id)))).size).toBeGreaterThan(1);
  const counting = refusingKafka(fixture.kafka, { partition: undefined });
  const relay = startRelay({ database, kafka: counting.kafka, topicPrefix, logger, slowSendMs: NEVER_SLOW_MS });
  await eventually(async () => expect(await waiting()).toBe(0n));
  expect(counting.counts).toEqual({ connected: 1, sends: 1 });
  expect(await published(ids)).toEqual(new Map(ids.map((id) => [id, [1]])));
  await relay.stop();
});

test('of what a broker refuses in part nothing is published twice, and only the refused lane waits', async () => {
  const { database, topicPrefix } = fixture;
  const ids = await newCustomers(CUSTOMERS);
  for (const id of ids) await publish(id, 0n, 1);
  const [large = ''] = ids;
  const free = ids.filter((id) => laneOf(slotOf(id)) !== laneOf(slotOf(large)));
  const held = ids.filter((id) => !free.includes(id));
  await database.query(enlarge, [large]);
  const relay = startRelay({ database, kafka: fixture.kafka, topicPrefix, logger, slowSendMs: NEVER_SLOW_MS });
  await eventually(async () => expect(await waiting()).toBe(BigInt(held.length)));
  await eventually(() => expect(relay.healthy()).toBe(false));
  await database.query(shrink, [large, JSON.stringify({ subject: large, sequence: 1 })]);
  await eventually(async () => expect(await waiting()).toBe(0n), { timeoutMs: 15_000 });
  await eventually(() => expect(relay.healthy()).toBe(true));
  const sequences = await published(ids);
  for (const id of free.filter((each) => partitionFor(each, PARTITIONS) !== partitionFor(large, PARTITIONS))) {
    expect(sequences.get(id)).toEqual([1]);
  }
  expect(sequences.size).toBe(ids.length);
  await relay.stop();
});

test('a customer who always has more to say than one read brings starves nobody in the same slot', async () => {
  const { database, topicPrefix } = fixture;
  const [talker = ''] = await newCustomers(1);
  let other = newId();
  while (slotOf(other) !== slotOf(talker)) other = newId();
  expect(other > talker).toBe(true);
  await database.query(newCustomer, [other]);
  await publish(talker, 0n, TALK);
  await publish(other, 0n, 1);
  let said = BigInt(TALK);
  const sends: string[][] = [];
  const producer = {
    connect: async () => {},
    disconnect: async () => {},
    async sendBatch({ topicMessages = [] }: ProducerBatch) {
      const keys = topicMessages.flatMap(({ messages }) => messages.map(({ key }) => String(key)));
      sends.push(keys);
      if (sends.flat().includes(other)) return;
      await publish(talker, said, keys.length);
      said += BigInt(keys.length);
    },
  };
  const kafka = { ...fixture.kafka, client: { producer: () => producer } } as unknown as KafkaConnection;
  const relay = startRelay({ database, kafka, topicPrefix, logger, slowSendMs: NEVER_SLOW_MS });
  await eventually(() => expect(sends.findIndex((keys) => keys.includes(other))).toBe(1));
  await eventually(async () => expect(await waiting()).toBe(0n), { timeoutMs: 15_000 });
  expect(sends.flat().filter((key) => key === talker)).toHaveLength(Number(said));
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
