import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@tenor/contracts';
import { eventually, startKafkaProxy } from '@tenor/testing';
import pg from 'pg';
import { type Delivery, readProgress, startConsumer } from '../src/consumer.ts';
import { newId } from '../src/ids.ts';
import { connectKafka, createTopics } from '../src/kafka.ts';
import { statement } from '../src/statement.ts';
import { type ConsumerFixture, encode, openConsumer } from './consumer-fixture.ts';
import { group, logger } from './data-fixture.ts';

const emptyInbox = statement('test_empty_inbox', 'delete from inbox');

/** What a stop may take (`STOP_TIMEOUT_MS`), and a slow machine; a broker that is waited for takes longer. */
const STOP_MAX_MS = 8_000;

let on: ConsumerFixture;
beforeAll(async () => {
  on = await openConsumer('consumer');
});
afterAll(() => on.close());
beforeEach(() => {
  on.faults.clear();
  on.batches.length = 0;
});

test('each event has its effect once, in order, in sets of at most 50 customers sorted by customer', async () => {
  const customers = Array.from({ length: 120 }, newId);
  const events = [1, 2, 3].flatMap((sequence) =>
    customers.map((customerId) => ({ customerId, subject: customerId, sequence, method: String(sequence) })),
  );
  await on.send(events);
  await on.caughtUp();
  for (const id of customers) expect(await on.notesOf(id)).toEqual(['1', '2', '3']);
  for (const batch of on.batches) {
    expect(batch).toEqual([...batch].sort());
    expect(new Set(batch).size).toBeLessThanOrEqual(50);
  }
});

test('a member that stops while it joins leaves the group, and the others read on', async () => {
  const leaver = on.start();
  await sleep(150);
  await leaver.stop();
  const [customerId, subject] = [newId(), newId()];
  await on.send([{ customerId, subject, sequence: 1, method: 'left' }]);
  await eventually(async () => expect(await on.notesOf(subject)).toEqual(['left']), { timeoutMs: 5_000 });
});

test('the progress row equals the offset committed at the broker', async () => {
  const [customerId, subject] = [newId(), newId()];
  await on.send([{ customerId, subject, sequence: 1 }]);
  await on.caughtUp();
  const admin = on.kafka.client.admin();
  await admin.connect();
  await eventually(async () => {
    const [offsets] = await admin.fetchOffsets({ groupId: `${on.topicPrefix}${group}`, topics: [on.topic] });
    for (const { partition, offset } of offsets?.partitions ?? []) {
      const progress = await readProgress(on.database, { consumer: group, topic: topics.payments, partition });
      expect(progress).toBe(offset === '-1' ? 0n : BigInt(offset));
    }
  });
  await admin.disconnect();
});

test('an event sent twice has one effect; with an emptied inbox its handler is called again', async () => {
  const [customerId, subject] = [newId(), newId()];
  const value = encode({ customerId, subject, sequence: 1 });
  const twice = [
    { key: customerId, value },
    { key: customerId, value },
  ];
  await on.sendRaw(twice);
  await on.sendRaw(twice);
  await on.caughtUp();
  expect(await on.effectsOf(subject)).toHaveLength(1);
  await on.database.query(emptyInbox);
  await on.sendRaw(twice);
  await on.caughtUp();
  expect(await on.effectsOf(subject)).toHaveLength(2);
});

test('a lost database connection dead-letters nothing; the partition is tried again', async () => {
  const [customerId, subject] = [newId(), newId()];
  let tries = 0;
  on.faults.set('terminate', async () => {
    tries += 1;
    if (tries >= 3) on.faults.clear();
  });
  await on.send([{ customerId, subject, sequence: 1, method: 'terminate' }]);
  await eventually(() => tries >= 1);
  await on.caughtUp();
  expect(await on.notesOf(subject)).toEqual(['terminate']);
  expect(await on.lettersOf(subject)).toEqual([]);
  expect(tries).toBeGreaterThanOrEqual(2);
});

test('a customer locked by somebody else holds up only itself, and dead-letters nothing', async () => {
  const [locked, free] = [newId(), newId()];
  const holder = new pg.Client({ connectionString: on.options.url, options: '-c search_path=billing' });
  await holder.connect();
  await holder.query(`insert into customers (id) values ('${locked}'), ('${free}')`);
  await holder.query('begin');
  await holder.query(`select from customers where id = '${locked}' for update`);
  const lock = statement('test_consumer_lock', `select id from customers where id = $1 for update`);
  const touch = async ({ customerId }: Delivery): Promise<void> => {
    await on.database.transaction(async (sql) => {
      await sql.query(statement('test_short_lock', `set local lock_timeout = '100ms'`));
      await sql.query(lock, [customerId]);
    });
  };
  on.faults.set('touch', touch);
  await on.send(
    [locked, free].map((customerId) => ({ customerId, subject: customerId, sequence: 1, method: 'touch' })),
  );
  await eventually(async () => expect(await on.notesOf(free)).toEqual(['touch']));
  await holder.query('rollback');
  await holder.end();
  await on.caughtUp();
  expect(await on.notesOf(locked)).toEqual(['touch']);
  expect(await on.lettersOf(locked)).toEqual([]);
});

test('a consumer that stops finishes its transaction, and the next goes on behind it', async () => {
  const [customerId, subject] = [newId(), newId()];
  on.faults.set('slow', () => sleep(200));
  await on.send([1, 2].map((sequence) => ({ customerId, subject, sequence, method: 'slow' })));
  await eventually(() => on.batches.length > 0);
  await on.consumer.stop();
  expect(on.consumer.healthy()).toBe(false);
  expect([0, 2]).toContain((await on.effectsOf(subject)).length);
  on.consumer = on.start();
  await on.caughtUp();
  expect(await on.notesOf(subject)).toEqual(['slow', 'slow']);
});

test('a consumer whose topic does not exist yet keeps trying, and reads it from its beginning', async () => {
  const { kafka, database } = on;
  const topicPrefix = `${on.topicPrefix}late.`;
  const late = startConsumer({
    kafka,
    database,
    group: 'kit.late',
    topics: [topics.payments],
    topicPrefix,
    handle: on.handle,
    logger,
  });
  await sleep(500);
  expect(late.healthy()).toBe(false);
  const request = { name: topics.payments, partitions: 1, retentionMs: -1 };
  await createTopics(kafka, [request], { prefix: topicPrefix, replicationFactor: 1 });
  const event = { customerId: newId(), subject: newId(), sequence: 1 };
  const lateTopic = `${topicPrefix}${topics.payments}`;
  await on.sendRaw([{ key: event.customerId, value: encode(event) }], lateTopic);
  await eventually(async () => expect(await on.notesOf(event.subject)).toEqual(['manual']), { timeoutMs: 20_000 });
  expect(late.healthy()).toBe(true);
  await late.stop();
});

test('a consumer that crashes again and again after joining its group is replaced as soon as the first time', async () => {
  const { kafka, database, topicPrefix, handle } = on;
  let made = 0;
  const consumer = () => {
    made += 1;
    const hear = new Map<string, (event: { payload: unknown }) => void>();
    return {
      events: { GROUP_JOIN: 'join', CRASH: 'crash' },
      on: (name: string, listener: (event: { payload: unknown }) => void) => hear.set(name, listener),
      connect: async () => {},
      subscribe: async () => {},
      run: async () => {
        hear.get('join')?.({ payload: {} });
        hear.get('crash')?.({ payload: { restart: false, error: new Error('not to be repeated') } });
      },
      disconnect: async () => {},
    };
  };
  const crashing = startConsumer({
    kafka: { ...kafka, client: { consumer } as never },
    database,
    group: 'kit.crash',
    topics: [topics.payments],
    topicPrefix,
    handle,
    logger,
  });
  // With pauses that grew these would take 13 s at least.
  await eventually(() => made > 12, { timeoutMs: 8_000 });
  await crashing.stop();
});

test('a consumer stops in time though its broker says nothing any more', async () => {
  const { database, topicPrefix, handle, brokers } = on;
  const proxy = await startKafkaProxy(brokers);
  const kafka = connectKafka({ brokers: proxy.brokers, clientId: 'silent', logger });
  const cut = startConsumer({
    kafka,
    database,
    group: 'kit.silent',
    topics: [topics.payments],
    topicPrefix,
    handle,
    logger,
  });
  await eventually(() => cut.healthy());
  await proxy.set({ kind: 'swallow', what: 'both' });
  const started = performance.now();
  await cut.stop();
  expect(performance.now() - started).toBeLessThan(STOP_MAX_MS);
  await kafka.close();
  await proxy.close();
});

test('a partition that fails counts against a consumer no longer once another member has it', async () => {
  let isBroken = true;
  let failures = 0;
  let handledByOther = 0;
  on.faults.set('broken', async () => {
    if (!isBroken) return;
    failures += 1;
    throw Object.assign(new Error('the database is going down'), { code: '57P01' });
  });
  const customers = Array.from({ length: 40 }, newId);
  await on.send(customers.map((id) => ({ customerId: id, subject: id, sequence: 1, method: 'broken' })));
  await eventually(() => failures >= 4 && !on.consumer.healthy());
  const other = startConsumer({
    ...on,
    group,
    topics: [topics.payments],
    logger,
    handle: async (uow, deliveries) => {
      handledByOther += 1;
      await on.handle(uow, deliveries, []);
    },
  });
  await eventually(() => handledByOther > 0, { timeoutMs: 30_000 });
  isBroken = false;
  await eventually(() => on.consumer.healthy() && other.healthy(), { timeoutMs: 30_000 });
  await other.stop();
  await on.caughtUp();
}, 90_000);
