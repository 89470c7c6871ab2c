import { encodeEvent, paymentReversed, paymentSettled, topics } from '@tenor/contracts';
import { eventually } from '@tenor/testing';
import { Kafka, logLevel } from 'kafkajs';
import { type Consumer, type Delivery, type Handle, readProgress, startConsumer } from '../src/consumer.ts';
import type { DeadLetter } from '../src/dead-letters.store.ts';
import { newId } from '../src/ids.ts';
import { topicEndOffset } from '../src/kafka.ts';
import { statement } from '../src/statement.ts';
import { addEffect, allEffects, type Effect, group, logger, openFixture, PARTITIONS, settled } from './data-fixture.ts';

const letters = statement('test_letters', 'select * from dead_letters where subject = $1 or $1 is null order by id');
const terminateOwn = statement('test_terminate_own', 'select pg_terminate_backend(pg_backend_pid())');

export interface Sent {
  readonly customerId: string;
  readonly subject: string;
  readonly sequence: number;
  readonly method?: string;
}

export const encode = ({ customerId, subject, sequence, method }: Sent): string =>
  encodeEvent(paymentSettled, {
    id: newId(),
    source: '/tenor/payment',
    time: new Date().toISOString(),
    subject,
    sequence,
    customerId,
    data: settled(customerId, method),
  });

/** An event of the type that this consumer takes for a snapshot; its reason is what the handler notes. */
export const encodeSnapshot = ({ customerId, subject, sequence, method = '' }: Sent): string =>
  encodeEvent(paymentReversed, {
    id: newId(),
    source: '/tenor/payment',
    time: new Date().toISOString(),
    subject,
    sequence,
    customerId,
    data: { ...paymentReversed.example, customer_id: customerId, reason: method },
  });

export const fail = async (): Promise<void> => {
  throw new Error('broken invariant');
};

/** A consumer whose handler notes each event's `method`, and does first what `faults` says for it. */
export async function openConsumer(name: string) {
  const fixture = await openFixture(name);
  const { database, kafka, topicPrefix } = fixture;
  const topic = `${topicPrefix}${topics.payments}`;
  const faults = new Map<string, (delivery: Delivery) => Promise<void>>();
  const batches: string[][] = [];
  const superseded: string[] = [];
  const producer = new Kafka({ brokers: fixture.brokers, logLevel: logLevel.NOTHING }).producer();
  await producer.connect();

  const handle: Handle = async (uow, deliveries, replaced) => {
    superseded.push(...replaced.map(noteOf));
    batches.push(deliveries.map(({ customerId }) => customerId));
    for (const delivery of deliveries) {
      const { event } = delivery;
      const note = noteOf(delivery);
      await faults.get(note)?.(delivery);
      if (note === 'terminate' && faults.has('terminate')) await uow.query(terminateOwn);
      await uow.query(addEffect, [event.id, event.subject, note]);
    }
  };
  const start = (): Consumer =>
    startConsumer({
      kafka,
      database,
      group,
      topics: [topics.payments],
      topicPrefix,
      snapshots: ['payment.reversed'],
      handle,
      logger,
    });
  const sendRaw = (messages: { key: string; value: string | Buffer | null }[], to = topic) =>
    producer.send({ topic: to, messages });
  const effectsOf = async (...subjects: string[]): Promise<Effect[]> =>
    (await database.query<Effect>(allEffects)).filter(({ subject }) => subjects.includes(subject));

  const opened = {
    ...fixture,
    topic,
    faults,
    batches,
    superseded,
    handle,
    start,
    consumer: start(),
    sendRaw,
    send: (events: readonly Sent[]) =>
      sendRaw(events.map((event) => ({ key: event.customerId, value: encode(event) }))),
    effectsOf,
    notesOf: async (...subjects: string[]) => (await effectsOf(...subjects)).map(({ note }) => note),
    lettersOf: (subject: string | null) => database.query<DeadLetter>(letters, [subject]),
    /** Waits until the progress has reached the end of every partition. */
    async caughtUp(): Promise<void> {
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const end = await topicEndOffset(kafka, topic, partition);
        const place = { consumer: group, topic: topics.payments, partition };
        await eventually(async () => expect(await readProgress(database, place)).toBe(end), { timeoutMs: 20_000 });
      }
    },
    async close(): Promise<void> {
      await opened.consumer.stop();
      await producer.disconnect();
      await fixture.close();
    },
  };
  await eventually(() => opened.consumer.healthy(), { timeoutMs: 20_000 });
  return opened;
}

function noteOf({ event }: Delivery): string {
  if (event.type === 'payment.settled') return event.data.method;
  if (event.type === 'payment.reversed') return event.data.reason ?? '';
  throw new Error(`Unexpected ${event.type}`);
}

export type ConsumerFixture = Awaited<ReturnType<typeof openConsumer>>;
