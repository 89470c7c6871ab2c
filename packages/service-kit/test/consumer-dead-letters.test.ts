import { topics } from '@tenor/contracts';
import { eventually, readTopic } from '@tenor/testing';
import { settleShares } from '../src/consumer-transaction.ts';
import { reopenDiscarded } from '../src/dead-letters.store.ts';
import { type Item, itemOf, itemOfLetter } from '../src/delivery.ts';
import { newId } from '../src/ids.ts';
import { readProgress } from '../src/inbox.store.ts';
import { deadLetterTopic, partitionFor } from '../src/kafka.ts';
import { startRelay } from '../src/outbox-relay.ts';
import { orderPutAside, putAsidesAmong } from '../src/put-asides.store.ts';
import type { Sql, Statement } from '../src/statement.ts';
import { type ConsumerFixture, encode, encodeSnapshot, fail, openConsumer } from './consumer-fixture.ts';
import { group, logger, PARTITIONS } from './data-fixture.ts';

const tester = { caller: { id: 'tester', roles: ['admin'] }, requestId: 'r-1' };

let on: ConsumerFixture;
beforeAll(async () => {
  on = await openConsumer('consumer_letters');
});
afterAll(() => on.close());
beforeEach(() => {
  on.faults.clear();
  on.batches.length = 0;
  on.superseded.length = 0;
});

test('what cannot be read is put aside by itself, once, and stops nobody', async () => {
  const [customerId, subject] = [newId(), newId()];
  await on.sendRaw([
    { key: customerId, value: Buffer.from([0xff, 0x00, 0xfe]) },
    { key: customerId, value: null },
    { key: customerId, value: encode({ customerId, subject, sequence: 1, method: 'after' }) },
  ]);
  await on.caughtUp();
  expect(await on.notesOf(subject)).toEqual(['after']);
  const undecodable = (await on.lettersOf(null)).filter(({ message_key }) => message_key === customerId);
  expect(undecodable).toMatchObject([
    { reason: 'undecodable', status: 'dead', value: Buffer.from([0xff, 0x00, 0xfe]), attempts: 0 },
    { reason: 'undecodable', status: 'dead', value: null },
  ]);
});

test('an event against its schema is dead, and later ones of its subject wait behind it', async () => {
  const [customerId, subject, other] = [newId(), newId(), newId()];
  const sound = (sequence: number, to = subject) =>
    encode({ customerId, subject: to, sequence, method: String(sequence) });
  const broken = sound(2).replace('"currency":"IDR"', '"currency":"?"');
  const values = [sound(1), broken, sound(3), sound(1, other)];
  await on.sendRaw(values.map((value) => ({ key: customerId, value })));
  await on.caughtUp();
  expect(await on.notesOf(subject)).toEqual(['1']);
  expect(await on.notesOf(other)).toEqual(['1']);
  expect(await on.lettersOf(subject)).toMatchObject([
    { status: 'dead', reason: 'schema', event_type: 'payment.settled' },
    { status: 'parked', reason: 'parked' },
  ]);
});

test('of a set with one guilty event all others have their effect', async () => {
  on.faults.set('guilty', fail);
  const events = Array.from({ length: 40 }, (_, index) => ({
    customerId: newId(),
    subject: newId(),
    sequence: 1,
    method: index === 17 ? 'guilty' : 'innocent',
  }));
  const guilty = events.filter(({ method }) => method === 'guilty')[0];
  await on.send(events);
  await on.caughtUp();
  expect(await on.notesOf(...events.map(({ subject }) => subject))).toEqual(Array(39).fill('innocent'));
  const [letter] = await on.lettersOf(guilty?.subject ?? '');
  expect(letter).toMatchObject({ status: 'dead', reason: 'failed', detail: 'Error: broken invariant' });
  expect(letter?.attempts).toBeGreaterThanOrEqual(1);
  expect(letter?.first_failed_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/);
});

test('a replay handles the dead event and then what was parked behind it, in order', async () => {
  const [customerId, subject, neighbour] = [newId(), newId(), newId()];
  on.faults.set('poison', fail);
  const event = (sequence: number, method: string) => ({ customerId, subject, sequence, method });
  await on.send([
    event(1, 'one'),
    event(2, 'poison'),
    event(3, 'three'),
    { ...event(1, 'beside'), subject: neighbour },
  ]);
  await on.caughtUp();
  await on.send([event(4, 'four')]);
  await on.caughtUp();
  expect(await on.notesOf(subject)).toEqual(['one']);
  expect(await on.notesOf(neighbour)).toEqual(['beside']);
  const [dead] = await on.lettersOf(subject);

  const failed = await on.consumer.replay(dead?.id ?? '', tester);
  expect(failed).toMatchObject({ replayed: 0, failed: { id: dead?.id, detail: 'Error: broken invariant' } });
  expect((await on.lettersOf(subject))[0]?.attempts).toBe((dead?.attempts ?? 0) + 1);

  on.faults.clear();
  expect(await on.consumer.replay(dead?.id ?? '', tester)).toEqual({ replayed: 3, failed: null });
  expect(await on.notesOf(subject)).toEqual(['one', 'poison', 'three', 'four']);
  for (const letter of await on.lettersOf(subject))
    expect(letter).toMatchObject({ status: 'replayed', settled_by: 'tester' });
  expect(await on.consumer.replay(dead?.id ?? '', tester)).toMatchObject({ refused: 'state_conflict' });

  await on.send([event(5, 'five')]);
  await on.caughtUp();
  expect(await on.notesOf(subject)).toEqual(['one', 'poison', 'three', 'four', 'five']);
});

test('a discard releases what was parked behind', async () => {
  const [customerId, subject] = [newId(), newId()];
  on.faults.set('poison', fail);
  await on.send(
    ['poison', 'two', 'three'].map((method, index) => ({ customerId, subject, sequence: index + 1, method })),
  );
  await on.caughtUp();
  const [dead] = await on.lettersOf(subject);
  expect(await on.consumer.discard(dead?.id ?? '', tester)).toMatchObject({
    status: 'discarded',
    settled_by: 'tester',
  });
  await eventually(async () => expect(await on.notesOf(subject)).toEqual(['two', 'three']));
  expect((await on.lettersOf(subject)).map(({ status }) => status)).toEqual(['discarded', 'replayed', 'replayed']);
  expect(await on.consumer.discard(newId(), tester)).toMatchObject({ refused: 'not_found' });
});

test('an event that only ever times out holds its partition until an operator orders it to be put aside', async () => {
  const [customerId, subject, other] = [newId(), newId(), newId()];
  let tries = 0;
  on.faults.set('stuck', async () => {
    tries += 1;
    throw Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
  });
  const of = (to: string, sequence: number, method: string) => ({ customerId, subject: to, sequence, method });
  await on.send([of(subject, 1, 'stuck'), of(subject, 2, 'two'), of(other, 1, 'beside')]);
  await eventually(() => tries >= 3);
  expect(await on.lettersOf(subject)).toEqual([]);
  expect(on.consumer.healthy()).toBe(false);

  const partition = partitionFor(customerId, PARTITIONS);
  const place = { consumer: group, topic: topics.payments, partition };
  const offset = await readProgress(on.database, place);
  await on.database.transaction((sql) =>
    orderPutAside(sql, place, { offset, reason: 'its loan is too large', by: tester }),
  );
  await on.caughtUp();
  expect(await on.notesOf(subject, other)).toEqual(['beside']);
  expect(await on.lettersOf(subject)).toMatchObject([
    {
      status: 'dead',
      reason: 'failed',
      detail: expect.stringMatching(/^its loan is too large \(put aside by tester\); Error: canceling/),
    },
    { status: 'parked' },
  ]);
  expect(await putAsidesAmong(on.database, place, [offset])).toEqual([]);
  expect(on.consumer.healthy()).toBe(true);

  on.faults.clear();
  const [dead] = await on.lettersOf(subject);
  expect(await on.consumer.replay(dead?.id ?? '', tester)).toEqual({ replayed: 2, failed: null });
  expect(await on.notesOf(subject)).toEqual(['stuck', 'two']);
});

test('an event that was discarded is handled when it is published again behind it, once', async () => {
  const [customerId, subject] = [newId(), newId()];
  const sound = encode({ customerId, subject, sequence: 1, method: 'sound' });
  const send = (...values: string[]) => on.sendRaw(values.map((value) => ({ key: customerId, value })));
  await send(sound.replace('"currency":"IDR"', '"currency":"?"'));
  await on.caughtUp();
  const [dead] = await on.lettersOf(subject);
  expect(dead).toMatchObject({ status: 'dead', reason: 'schema', event_id: JSON.parse(sound).id });
  await send(sound);
  await on.caughtUp();
  expect(await on.notesOf(subject)).toEqual([]);
  await on.consumer.discard(dead?.id ?? '', tester);
  await send(sound, sound);
  await send(sound);
  await on.caughtUp();
  expect(await on.notesOf(subject)).toEqual(['sound']);
  expect(await on.lettersOf(subject)).toMatchObject([
    { status: 'replayed', settled_by: `offset:${(dead?.message_offset ?? 0n) + 2n}` },
  ]);
});

test('a copy of a discarded event that was in the topic before the discard stays given up', async () => {
  const [customerId, subject] = [newId(), newId()];
  const sound = encode({ customerId, subject, sequence: 1, method: 'copied' });
  on.faults.set('copied', fail);
  const send = (...values: string[]) => on.sendRaw(values.map((value) => ({ key: customerId, value })));
  await send(sound, sound);
  await on.caughtUp();
  const [dead] = await on.lettersOf(subject);
  if (dead === undefined) throw new Error('no letter');
  const settled = await on.consumer.discard(dead.id, tester);
  on.faults.clear();
  const { topic, partition, message_offset: offset } = dead;
  const settledAtMs = 'settled_at' in settled ? Date.parse(settled.settled_at ?? '') : 0;
  const copyAt = (place: bigint, writtenAtMs: number): Item => {
    const item = itemOf(
      { topic, partition, offset: place, key: customerId, value: dead.value, writtenAtMs },
      undefined,
    );
    if (item === undefined) throw new Error('no item');
    return item;
  };
  const subscriber = { database: on.database, group, snapshots: new Set<string>(), handle: on.handle };
  const read = (...items: Item[]) =>
    settleShares({ ...subscriber, metrics: undefined, tracer: undefined }, [
      { items, advance: { topic, partition, nextOffset: 0n } },
    ]);
  const copy = copyAt(offset + 1n, settledAtMs - 1);
  await read(copyAt(offset, settledAtMs - 1), copy);
  expect([await on.notesOf(subject), (await on.lettersOf(subject))[0]?.status]).toEqual([[], 'discarded']);
  await read(copy, copyAt(offset + 2n, settledAtMs + 1));
  expect(await on.notesOf(subject)).toEqual(['copied']);
  expect(await on.lettersOf(subject)).toMatchObject([{ status: 'replayed', settled_by: `offset:${offset + 2n}` }]);
});

test('looks for discarded events by their ids, however many are asked for', async () => {
  const copies = Array.from({ length: 300 }, (_, index) => ({ id: newId(), offset: BigInt(index), writtenAtMs: 1 }));
  const plans: string[] = [];
  const sql: Sql = {
    async query<Row>({ name, text }: Statement, values: readonly unknown[] = []) {
      const rows = await on.database.query<{ 'QUERY PLAN': string }>(
        { name: `explain_${name}`, text: `explain ${text}` },
        values,
      );
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return [] as Row[];
    },
  };
  expect(await reopenDiscarded(sql, { consumer: group, topic: topics.payments, partition: 0 }, copies)).toEqual([]);
  expect(plans[0]).toMatch(/Index Scan using dead_letters_discarded/);
  expect(plans[0]).toMatch(/Index Cond: \(\(consumer = '.*'::text\) AND \(event_id = c\.event_id\)\)/);
  expect(plans[0]).not.toMatch(/Seq Scan|Hash Join|Merge Join|Join Filter/);
});

test('a discarded message that is read again stays given up', async () => {
  const [customerId, subject] = [newId(), newId()];
  on.faults.set('poison', fail);
  await on.send([{ customerId, subject, sequence: 1, method: 'poison' }]);
  await on.caughtUp();
  const [dead] = await on.lettersOf(subject);
  if (dead === undefined) throw new Error('no letter');
  await on.consumer.discard(dead.id, tester);
  on.faults.clear();
  const { topic, partition, message_offset: offset } = dead;
  const item = itemOfLetter(dead);
  const subscriber = { database: on.database, group, snapshots: new Set<string>(), handle: on.handle };
  const advance = { topic, partition, nextOffset: offset + 1n };
  await settleShares({ ...subscriber, metrics: undefined, tracer: undefined }, [
    { items: item ? [item] : [], advance },
  ]);
  expect(await on.notesOf(subject)).toEqual([]);
  expect(await on.lettersOf(subject)).toMatchObject([{ status: 'discarded' }]);
});

test('a snapshot is handled behind a dead letter, and what was put aside before it is discarded and told', async () => {
  const [customerId, subject] = [newId(), newId()];
  on.faults.set('poison', fail);
  const sent = (sequence: number, method: string) => ({ customerId, subject, sequence, method });
  const values = [
    encode(sent(1, 'poison')),
    encode(sent(2, 'two')),
    encodeSnapshot(sent(3, 'all')),
    encode(sent(4, 'poison')),
    encode(sent(5, 'five')),
    encodeSnapshot(sent(6, 'all again')),
    encode(sent(7, 'seven')),
  ];
  await on.sendRaw(values.map((value) => ({ key: customerId, value })));
  await on.caughtUp();
  expect(await on.notesOf(subject)).toEqual(['all', 'all again', 'seven']);
  expect(on.superseded).toEqual(['poison', 'two', 'poison', 'five']);
  const letters = await on.lettersOf(subject);
  expect(letters.map(({ reason }) => reason)).toEqual(['failed', 'parked', 'failed', 'parked']);
  for (const letter of letters) {
    expect(letter).toMatchObject({
      status: 'discarded',
      settled_by: expect.stringMatching(/^snapshot:[0-9a-f-]{36}$/),
    });
  }
});

test('dead letters, not what is parked, are published as they came with the reason beside', async () => {
  const { database, kafka, topicPrefix } = on;
  const relay = startRelay({ database, kafka, topicPrefix, logger });
  const letterTopic = `${topicPrefix}${deadLetterTopic(group)}`;
  const dead = (await on.lettersOf(null)).filter(({ reason }) => reason !== 'parked');
  const published = await eventually(
    async () => {
      const messages = await readTopic(on.brokers, letterTopic);
      expect(messages).toHaveLength(dead.length);
      return messages;
    },
    { timeoutMs: 20_000, intervalMs: 200 },
  );
  const [schema] = dead.filter(({ reason }) => reason === 'schema');
  const message = published.find(({ headers }) => headers['dead-letter-id'] === schema?.id);
  expect(message).toMatchObject({
    key: schema?.message_key,
    value: JSON.parse(schema?.value?.toString() ?? ''),
    headers: { reason: 'schema', attempts: '0', topic: topics.payments, offset: String(schema?.message_offset) },
  });
  await relay.stop();
});
