import { topics } from '@tenor/contracts';
import { deleteTopics, eventually } from '@tenor/testing';
import { type Batch, createBatchProcessor } from '../src/consumer-batches.ts';
import { newId } from '../src/ids.ts';
import { type Place, readProgress, saveProgress } from '../src/inbox.store.ts';
import { createTopics, topicEndOffset } from '../src/kafka.ts';
import { type ConsumerFixture, encode, openConsumer } from './consumer-fixture.ts';
import { group, logger, PARTITIONS } from './data-fixture.ts';

/** One that the consumer of the fixture does not read. */
const partition = 17;
const topic = topics.payments;
const place: Place = { consumer: group, topic, partition };

let on: ConsumerFixture;
beforeAll(async () => {
  on = await openConsumer('progress');
});
afterAll(() => on.close());

/** As many messages as there are offsets, of one customer each. */
const messages = (from: bigint, to: bigint): Batch['messages'] =>
  Array.from({ length: Number(to - from) }, (_, index) => {
    const customerId = newId();
    const value = Buffer.from(encode({ customerId, subject: newId(), sequence: 1 }));
    return { topic, partition, offset: from + BigInt(index), key: customerId, value };
  });

/** A member's processor, as the consumer makes one for itself. */
function member() {
  const { database, handle } = on;
  const subscriber = { database, group, snapshots: new Set<string>(), handle, metrics: undefined, tracer: undefined };
  return createBatchProcessor({ subscriber, types: undefined, logger });
}

/** What a member has fetched of a topic that ends there now, and what it is told as it goes on. */
function batchOf(fetched: Batch['messages'], told: Pick<Batch, 'endOffset' | 'askEnd'> & Partial<Batch>): Batch {
  const nextOffset = (fetched.at(-1)?.offset ?? -1n) + 1n;
  return {
    topic,
    partition,
    messages: fetched,
    nextOffset,
    goOn: async () => true,
    committed: () => {},
    ...told,
  };
}

describe('stored progress', () => {
  const written = messages(0n, 5n);
  const end = async (): Promise<bigint> => 5n;

  test.each([
    { what: 'and then hears that it is none any more', isMemberStill: false },
    { what: 'and is not told that it is none any more', isMemberStill: true },
  ])('stays where the next member brought it when one sleeps before its commit $what', async ({ isMemberStill }) => {
    const asleep = Promise.withResolvers<void>();
    const awake = Promise.withResolvers<void>();
    let heartbeats = 0;
    const late = member().process(
      batchOf(written.slice(0, 2), {
        endOffset: 2n,
        askEnd: end,
        goOn: async () => {
          heartbeats += 1;
          if (heartbeats > 1) return isMemberStill;
          asleep.resolve();
          await awake.promise;
          return true;
        },
      }),
    );
    await asleep.promise;
    await member().process(batchOf(written, { endOffset: 5n, askEnd: end }));
    expect(await readProgress(on.database, place)).toBe(5n);
    awake.resolve();
    await late;
    expect(await readProgress(on.database, place)).toBe(5n);
    expect(heartbeats).toBe(2);
  });

  test('goes back to the end of what was read of a topic that was made anew', async () => {
    await member().process(batchOf(messages(0n, 2n), { endOffset: 3n, askEnd: async () => 3n }));
    expect(await readProgress(on.database, place)).toBe(2n);
  });

  test('is not taken back from where another member has moved it meanwhile', async () => {
    await member().process(
      batchOf(messages(0n, 1n), {
        endOffset: 1n,
        askEnd: async () => {
          await on.database.transaction((sql) => saveProgress(sql, place, 3n));
          return 1n;
        },
      }),
    );
    expect(await readProgress(on.database, place)).toBe(3n);
  });

  test('is not the fault of a message when the broker does not tell the end of the topic', async () => {
    const [message] = messages(0n, 1n);
    const failing = member().process(
      batchOf(message === undefined ? [] : [message], {
        endOffset: 1n,
        askEnd: async () => {
          throw new Error('no such partition');
        },
      }),
    );
    await expect(failing).rejects.toThrow('no such partition');
    expect(await on.lettersOf(null)).toEqual([]);
  });
});

test('a consumer follows a topic that was deleted and made anew', async () => {
  const event = () => {
    const customerId = newId();
    return { customerId, subject: customerId, sequence: 1, method: 'anew' };
  };
  await on.send(Array.from({ length: 120 }, event));
  await on.caughtUp();
  await on.consumer.stop();
  await deleteTopics(on.brokers, on.topic);
  const request = { name: topic, partitions: PARTITIONS, retentionMs: -1 };
  // The broker shows the old one for a little longer.
  await eventually(async () => {
    await createTopics(on.kafka, [request], { prefix: on.topicPrefix, replicationFactor: 1 });
    expect(await topicEndOffset(on.kafka, on.topic, 0)).toBe(0n);
  });
  on.consumer = on.start();
  const events = Array.from({ length: 60 }, event);
  await on.send(events);
  await on.caughtUp();
  for (const { subject } of events) expect(await on.notesOf(subject)).toEqual(['anew']);
});
