import { eventually } from '@tenor/testing';
import pg from 'pg';
import { openDatabase } from '../src/database.ts';
import { newId } from '../src/ids.ts';
import { hasPendingMigrations } from '../src/migrate.ts';
import { startRelay } from '../src/outbox-relay.ts';
import { openSession } from '../src/relay-session.ts';
import { statement } from '../src/statement.ts';
import { runUnitOfWork } from '../src/unit-of-work.ts';
import {
  context,
  countOutbox,
  type Fixture,
  logger,
  newCustomer,
  openFixture,
  publishPayment,
} from './data-fixture.ts';

const lock = statement('test_lock_hot', 'select id from customers where id = $1 for update');
const countOf = statement('test_count_of', 'select count(*) as open from pg_stat_activity where application_name = $1');
const lockUpTo = 4_000;

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture('background');
});
afterAll(() => fixture.close());

test('while every request connection waits for one customer, the relay publishes and readiness answers', async () => {
  const small = await openDatabase({ ...fixture.options, poolSize: 2, applicationName: 'small' });
  const [hot, cold] = [newId(), newId()];
  for (const id of [hot, cold]) await fixture.database.query(newCustomer, [id]);
  const relay = startRelay({ database: small, kafka: fixture.kafka, topicPrefix: fixture.topicPrefix, logger });
  const publish = () =>
    runUnitOfWork(fixture.database, context(), (uow) =>
      publishPayment(uow, { subject: newId(), customerId: cold, from: 0n, count: 1 }),
    );
  const waiting = async () => (await fixture.database.query<{ waiting: bigint }>(countOutbox))[0]?.waiting;
  await publish();
  await eventually(async () => expect(await waiting()).toBe(0n));

  const since = performance.now();
  let waiters: Promise<unknown>[] = [];
  await fixture.database.transaction(async (sql) => {
    await sql.query(lock, [hot]);
    waiters = Array.from({ length: 6 }, () => small.transaction((waiter) => waiter.query(lock, [hot])));
    await eventually(() => expect(small.poolCounts().waitingCount).toBe(4));
    await publish();
    await eventually(async () => expect(await waiting()).toBe(0n), { timeoutMs: lockUpTo });
    await small.ping();
    expect(await hasPendingMigrations(small)).toBe(false);
    expect(small.poolCounts().waitingCount).toBe(4);
  });
  expect(performance.now() - since).toBeLessThan(lockUpTo);
  await Promise.all(waiters);
  await relay.stop();
  await small.close();
});

test('a connection that cannot listen is closed before the next is tried', async () => {
  const { database, options } = fixture;
  const open = async () => (await database.query<{ open: bigint }>(countOf, ['deaf']))[0]?.open;
  const { query } = pg.Client.prototype;
  let refused = 0;
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, ...given: Parameters<typeof query>) {
      if (!String(given[0]).startsWith('listen')) return query.apply(this, given);
      refused += 1;
      return Promise.reject(new Error('cannot listen'));
    },
  });
  const deaf = { ...database, options: { ...options, applicationName: 'deaf' } };
  const session = openSession({ database: deaf, logger, channel: 'deaf', hear: () => {}, changed: () => {} });
  await eventually(() => refused >= 2);
  await eventually(async () => expect(await open()).toBe(0n));
  Object.assign(pg.Client.prototype, { query });
  await eventually(async () => expect(await open()).toBe(1n));
  await session.stop();
  await eventually(async () => expect(await open()).toBe(0n));
});
