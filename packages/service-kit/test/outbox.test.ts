import { topics } from '@tenor/contracts';
import { eventually, type ReadMessage, readTopic, startKafkaProxy } from '@tenor/testing';
import pg from 'pg';
import type { Database } from '../src/database.ts';
import { newId } from '../src/ids.ts';
import { connectKafka, partitionFor } from '../src/kafka.ts';
import { type Relay, startRelay } from '../src/outbox-relay.ts';
import { CUSTOMER_SLOTS, DEAD_LETTER_SLOT, slotOf } from '../src/outbox-slots.ts';
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

const heldSlots = statement(
  'test_held_slots',
  'select owner::text, count(*) as slots from outbox_slots where lease_until > now() group by owner order by 2',
);
const takeAll = statement(
  'test_take_all',
  `update outbox_slots set owner = $1, lease_until = clock_timestamp() + $2 * interval '1 ms'`,
);

const runOut = statement(
  'test_run_out',
  `with slots as (update outbox_slots set lease_until = clock_timestamp() + interval '500 ms')
   update outbox_relays set seen_until = clock_timestamp() + interval '500 ms'`,
);

const addLetter = statement(
  'test_add_letter',
  `insert into outbox (slot, customer_id, position, event_id, topic, subject, type, raw_payload, headers)
   values ($1, '00000000-0000-0000-0000-000000000000', 1, $2, 'no.such.topic', '', 'dead_letter', 'x', '{"reason": "failed"}')`,
);
const removeLetters = statement('test_remove_letters', 'delete from outbox where slot = $1');

let fixture: Fixture;
let topic = '';
beforeAll(async () => {
  fixture = await openFixture('outbox');
  topic = `${fixture.topicPrefix}${topics.payments}`;
});
afterAll(() => fixture.close());

const running: Relay[] = [];
function relayOn(database: Database, leaseMs = 15_000): Relay {
  const { kafka, topicPrefix } = fixture;
  const relay = startRelay({ database, kafka, topicPrefix, logger, leaseMs });
  running.push(relay);
  return relay;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((relay) => relay.stop()));
});

async function newCustomers(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  for (const id of ids) await fixture.database.query(newCustomer, [id]);
  return ids;
}

const publish = (database: Database, subject: string, customerId: string, from: bigint, count = 1): Promise<void> =>
  runUnitOfWork(database, context(), (uow) => publishPayment(uow, { subject, customerId, from, count }));

const drained = () =>
  eventually(async () => (await fixture.database.query<{ waiting: bigint }>(countOutbox))[0]?.waiting === 0n, {
    timeoutMs: 20_000,
  });

/** What consumers see of each subject: sequences in their order, duplicates dropped as the inbox does. */
async function sequencesBySubject(): Promise<Map<string, number[]>> {
  const seen = new Set<string>();
  const sequences = new Map<string, number[]>();
  for (const { value } of await readTopic(fixture.brokers, topic)) {
    const { id, subject, sequence } = value as { id: string; subject: string; sequence: number };
    if (seen.has(id)) continue;
    seen.add(id);
    sequences.set(subject, [...(sequences.get(subject) ?? []), sequence]);
  }
  return sequences;
}

const counted = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);

test('events of each subject arrive in order and without gaps from 8 writers over two relays', async () => {
  const other = await fixture.another();
  relayOn(fixture.database);
  relayOn(other);
  const customers = await newCustomers(12);
  const next = new Map(customers.map((id) => [id, 0n]));
  const claimed = statement('test_claim_sequence', 'select id from customers where id = $1 for update');
  const write = async (database: Database, writer: number): Promise<void> => {
    for (let round = 0; round < 25; round += 1) {
      const customerId = customers[(writer * 7 + round) % customers.length] ?? '';
      await runUnitOfWork(database, context(), async (uow) => {
        await uow.query(claimed, [customerId]);
        const from = next.get(customerId) ?? 0n;
        next.set(customerId, from + 2n);
        await publishPayment(uow, { subject: customerId, customerId, from, count: 2 });
      });
    }
  };
  await Promise.all(
    Array.from({ length: 8 }, (_, writer) => write(writer % 2 === 0 ? fixture.database : other, writer)),
  );
  await drained();
  const sequences = await sequencesBySubject();
  for (const id of customers) expect(sequences.get(id)).toEqual(counted(Number(next.get(id))));
});

test('a message has the customer as its key, lies where a Java client looks, and says its content type', async () => {
  relayOn(fixture.database);
  const [customerId = ''] = await newCustomers(1);
  const subject = newId();
  await publish(fixture.database, subject, customerId, 0n);
  await drained();
  const isOurs = ({ value }: ReadMessage): boolean => (value as { subject: string }).subject === subject;
  expect((await readTopic(fixture.brokers, topic)).filter(isOurs)).toMatchObject([
    {
      key: customerId,
      partition: partitionFor(customerId, PARTITIONS),
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
      value: { specversion: '1.0', source: '/tenor/billing', partitionkey: customerId, sequence: 1 },
    },
  ]);
});

test('relays share the slots fairly, and the last one takes them all', async () => {
  const first = relayOn(fixture.database, 12_000);
  const held = async () => (await fixture.database.query<{ slots: bigint }>(heldSlots)).map(({ slots }) => slots);
  await eventually(async () => expect(await held()).toEqual([49n]));
  relayOn(await fixture.another(), 12_000);
  await eventually(async () => expect(await held()).toEqual([24n, 25n]), { timeoutMs: 15_000 });
  await first.stop();
  await eventually(async () => expect(await held()).toEqual([49n]), { timeoutMs: 15_000 });
});

test('a relay that dies without giving back its leases is followed by another', async () => {
  const [customerId = ''] = await newCustomers(1);
  const dying = await fixture.another();
  const dead = relayOn(dying);
  const subject = newId();
  await publish(dying, subject, customerId, 0n, 50);
  await eventually(async () => expect((await sequencesBySubject()).get(subject)?.length ?? 0).toBeGreaterThan(0));
  await dying.close();
  await publish(fixture.database, subject, customerId, 50n, 50);
  // The dead relay's leases have half a second left.
  await fixture.database.query(runOut);
  relayOn(fixture.database);
  await drained();
  expect((await sequencesBySubject()).get(subject)).toEqual(counted(100));
  await dead.stop();
});

test('an event committed before a crash is sent once there is a relay, but not while another holds its slot', async () => {
  const [customerId = ''] = await newCustomers(1);
  const subject = newId();
  await fixture.database.query(takeAll, [newId(), 2_000]);
  await publish(fixture.database, subject, customerId, 0n, 3);
  relayOn(fixture.database);
  await expect(eventually(async () => (await sequencesBySubject()).has(subject), { timeoutMs: 300 })).rejects.toThrow();
  await drained();
  expect((await sequencesBySubject()).get(subject)).toEqual([1, 2, 3]);
});

test('an answer of the broker that is lost after the append costs a duplicate, not an event', async () => {
  const proxy = await startKafkaProxy(fixture.brokers);
  proxy.dropProduceAnswers(2);
  const relay = startRelay({
    database: fixture.database,
    kafka: connectKafka({ brokers: proxy.brokers, clientId: 'lossy', logger }),
    topicPrefix: fixture.topicPrefix,
    logger,
  });
  running.push(relay);
  const [customerId = ''] = await newCustomers(1);
  const subject = newId();
  for (let from = 0n; from < 40n; from += 10n) await publish(fixture.database, subject, customerId, from, 10);
  await drained();
  expect(proxy.dropped()).toBe(2);
  await proxy.close();
  expect((await sequencesBySubject()).get(subject)).toEqual(counted(40));
  const all = (await readTopic(fixture.brokers, topic)).filter(({ key }) => key === customerId);
  expect(all.length).toBeGreaterThan(40);
});

test('replicas are told the slots of what a process commits without holding them', async () => {
  await fixture.database.query(takeAll, [newId(), 1_500]);
  const listener = new pg.Client({ connectionString: fixture.options.url });
  await listener.connect();
  await listener.query('listen tenor_outbox_billing');
  const heard: string[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  relayOn(fixture.database);
  const [customerId = ''] = await newCustomers(1);
  await publish(fixture.database, newId(), customerId, 0n);
  await eventually(() => expect(heard).toEqual([String(slotOf(customerId))]));
  await listener.end();
  await drained();
});

test('a dead letter that cannot be published holds up no event of a customer', async () => {
  for (let slot = 0; slot < CUSTOMER_SLOTS; slot += 1) {
    let id = newId();
    while (slotOf(id) !== slot) id = newId();
    await fixture.database.query(newCustomer, [id]);
    await publish(fixture.database, newId(), id, 0n);
  }
  await fixture.database.query(addLetter, [DEAD_LETTER_SLOT, newId()]);
  const relay = relayOn(fixture.database);
  await eventually(async () => (await fixture.database.query<{ waiting: bigint }>(countOutbox))[0]?.waiting === 1n, {
    timeoutMs: 20_000,
  });
  await relay.stop();
  await fixture.database.query(removeLetters, [DEAD_LETTER_SLOT]);
});

test('with the broker away events are kept, and the relay says so', async () => {
  const kafka = connectKafka({ brokers: ['127.0.0.1:1'], clientId: 'nowhere', logger });
  const lost = startRelay({ database: fixture.database, kafka, topicPrefix: fixture.topicPrefix, logger });
  const [customerId = ''] = await newCustomers(1);
  const subject = newId();
  await publish(fixture.database, subject, customerId, 0n, 2);
  await eventually(() => !lost.healthy());
  expect(await fixture.database.query(countOutbox)).toEqual([{ waiting: 2n }]);
  await lost.stop();
  expect(relayOn(fixture.database).healthy()).toBe(true);
  await drained();
  expect((await sequencesBySubject()).get(subject)).toEqual([1, 2]);
});

test('a customer has the same slot for ever, whatever the case of its id', () => {
  const id = '019aa4f1-6c00-7000-8000-00000000abcd';
  expect(slotOf(id)).toBe(slotOf(id.toUpperCase()));
  // From the tests of Kafka's Java client.
  expect(slotOf('abc')).toBe(479470107 % 48);
  expect(slotOf('foobar')).toBe((-790332482 & 0x7fffffff) % 48);
  const counts = new Map<number, number>();
  for (let index = 0; index < 4_800; index += 1) {
    const slot = slotOf(newId());
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  expect(counts.size).toBe(48);
  expect(Math.max(...counts.values())).toBeLessThan(200);
});
