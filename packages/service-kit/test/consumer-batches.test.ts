import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@tenor/contracts';
import { deleteTopics, eventually } from '@tenor/testing';
import { type Batch, createBatchProcessor } from '../src/consumer-batches.ts';
import { readerOf } from '../src/delivery.ts';
import { newId } from '../src/ids.ts';
import { type Place, readProgress, saveProgress } from '../src/inbox.store.ts';
import { createTopics, topicEndOffset } from '../src/kafka.ts';
import { type ConsumerFixture, encode, fail, openConsumer } from './consumer-fixture.ts';
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
  return createBatchProcessor({ subscriber, read: readerOf({}), logger });
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
    hasFailed: false,
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
          await on.database.transaction((sql) => saveProgress(sql, group, [{ topic, partition, nextOffset: 3n }]));
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

describe('partitions that come together', () => {
  const [first, second, third] = [31, 32, 33];
  const busy = Object.assign(new Error('lock not available'), { code: '55P03' });

  /** One message in each partition, at the given offset, and what to settle it with. */
  function oneEach(offset: bigint, notes: Readonly<Record<number, string>>) {
    return Object.entries(notes).map(([name, method]) => {
      const customerId = newId();
      const value = Buffer.from(encode({ customerId, subject: customerId, sequence: 1, method }));
      const message = { topic, partition: Number(name), offset, key: customerId, value };
      const told = { endOffset: offset + 1n, askEnd: async () => offset + 1n };
      return { customerId, batch: batchOf([message], { ...told, partition: message.partition }) };
    });
  }
  const progressOf = (...partitions: readonly number[]) =>
    Promise.all(partitions.map((each) => readProgress(on.database, { ...place, partition: each })));

  beforeEach(() => {
    on.batches.length = 0;
    on.faults.clear();
  });

  test('share a transaction, in which each moves on', async () => {
    const sent = oneEach(0n, { [first]: 'a', [second]: 'b', [third]: 'c' });
    const { process } = member();
    await Promise.all(sent.map(({ batch }) => process(batch)));
    expect(on.batches).toEqual([sent.map(({ customerId }) => customerId).toSorted()]);
    expect(await progressOf(first, second, third)).toEqual([1n, 1n, 1n]);
  });

  test('are parted by a message that cannot be handled, which alone is put aside', async () => {
    on.faults.set('poison', fail);
    const sent = oneEach(1n, { [first]: 'a', [second]: 'poison', [third]: 'c' });
    const { process } = member();
    await Promise.all(sent.map(({ batch }) => process(batch)));
    const notes = await Promise.all(sent.map(({ customerId }) => on.notesOf(customerId)));
    expect(notes).toEqual([['a'], [], ['c']]);
    const letters = await Promise.all(sent.map(({ customerId }) => on.lettersOf(customerId)));
    expect(letters.map((some) => some.map(({ reason }) => reason))).toEqual([[], ['failed'], []]);
    expect(await progressOf(first, second, third)).toEqual([2n, 2n, 2n]);
  });

  test('do not wait for one whose customer is locked, which goes alone until it moves', async () => {
    on.faults.set('locked', () => Promise.reject(busy));
    const { process } = member();
    const sent = oneEach(2n, { [first]: 'a', [second]: 'locked' });
    const outcomes = await Promise.allSettled(sent.map(({ batch }) => process(batch)));
    expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: busy }]);
    expect(await progressOf(first, second)).toEqual([3n, 2n]);

    on.batches.length = 0;
    const [, locked] = sent;
    const [next] = oneEach(3n, { [first]: 'b' });
    const again = [locked, next].map((each) => each && process({ ...each.batch, hasFailed: each === locked }));
    expect((await Promise.allSettled(again)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(on.batches.map((customers) => customers.length)).toEqual([1, 1]);
    expect(await progressOf(first, second)).toEqual([4n, 2n]);
  });

  test('are together no more customers than a transaction takes', async () => {
    const { process } = member();
    const batches = [first, second].map((each) => {
      const fetched = messages(4n, 44n).map((message) => ({ ...message, partition: each }));
      return batchOf(fetched, { partition: each, endOffset: 44n, askEnd: async () => 44n });
    });
    await Promise.all(batches.map((batch) => process(batch)));
    expect(on.batches.every((customers) => customers.length <= 50)).toBe(true);
    expect(on.batches.flat()).toHaveLength(80);
  });

  test('go two at a time when each goes alone, so that requests have connections', async () => {
    let [running, most] = [0, 0];
    on.faults.set('slow', async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(30);
      running -= 1;
    });
    const notes = Object.fromEntries([51, 52, 53, 54, 55].map((each) => [each, 'slow']));
    const { process } = member();
    await Promise.all(oneEach(0n, notes).map(({ batch }) => process({ ...batch, hasFailed: true })));
    expect([most, on.batches.length]).toEqual([2, 5]);
  });

  test('are not parted into ever smaller transactions because each takes its time', async () => {
    on.faults.set('slow', () => sleep(60));
    const batches = [61, 62].map((each) => {
      const fetched = messages(0n, 100n).map((message, index) => {
        const customerId = newId();
        const slow = { customerId, subject: customerId, sequence: 1, method: index % 8 === 0 ? 'slow' : 'quick' };
        return { ...message, partition: each, value: Buffer.from(encode(slow)) };
      });
      return batchOf(fetched, { partition: each, endOffset: 100n, askEnd: async () => 100n });
    });
    const { process } = member();
    await Promise.all(batches.map((batch) => process(batch)));
    const sizes = on.batches.map(({ length }) => length);
    expect(sizes.filter((size) => size < 8).length).toBeLessThanOrEqual(2);
    expect(Math.min(...sizes.slice(0, 2))).toBeGreaterThan(8);
  });

  test('leave what the surroundings kept from them to be read again', async () => {
    on.faults.set('terminate', async () => {});
    const sent = oneEach(44n, { [first]: 'a', [second]: 'terminate' });
    const { process } = member();
    const outcomes = await Promise.allSettled(sent.map(({ batch }) => process(batch)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    on.faults.clear();
    await Promise.all(sent.map(({ batch }) => process(batch)));
    const notes = await Promise.all(sent.map(({ customerId }) => on.notesOf(customerId)));
    expect(notes).toEqual([['a'], ['terminate']]);
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
