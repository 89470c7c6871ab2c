import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { topics } from '@tenor/contracts';
import { eventually, readTopic } from '@tenor/testing';
import { newId } from '../src/ids.ts';
import { type Relay, startRelay } from '../src/outbox-relay.ts';
import { RELAY_SESSION_LOCK, SLOTS } from '../src/outbox-slots.ts';
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

/** Less than the lease of 15 s, and more than a busy machine needs for a look or two. */
const TAKEOVER_TIMEOUT_MS = 10_000;

const holders = statement(
  'test_holders',
  'select owner::text, count(*)::int as slots from outbox_slots where lease_until > now() group by owner order by 2',
);
const takeAll = statement(
  'test_take_all',
  `update outbox_slots set owner = $1, lease_until = clock_timestamp() + interval '3 s'`,
);
const sessions = statement(
  'test_sessions',
  `select count(*)::int as open from pg_locks l join pg_database d on d.oid = l.database
   where l.locktype = 'advisory' and l.classid = $1 and d.datname = current_database()`,
);
const cutSessions = statement(
  'test_cut_sessions',
  `select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
   where l.locktype = 'advisory' and l.classid = $1 and d.datname = current_database()`,
);

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture('takeover');
});
afterAll(() => fixture.close());

const running: Relay[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((relay) => relay.stop()));
});

function relayHere(database = fixture.database): void {
  const { kafka, topicPrefix } = fixture;
  running.push(startRelay({ database, kafka, topicPrefix, logger }));
}

/** Holds all slots before it is returned, and has told in which session it lives. */
async function relayProcess(): Promise<ChildProcess> {
  const { brokers, topicPrefix } = fixture;
  const options = { ...fixture.options, migrations: [], applicationName: 'dying' };
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('relay-process.ts', import.meta.url)), JSON.stringify({ options, brokers, topicPrefix })],
    { stdio: 'ignore' },
  );
  await eventually(async () => expect(await slotsHeld()).toEqual([SLOTS]), { timeoutMs: 20_000 });
  await eventually(async () => expect(await openSessions()).toBe(1));
  return child;
}

const slotsHeld = async () => (await fixture.database.query<{ slots: number }>(holders)).map(({ slots }) => slots);
const openSessions = async () =>
  (await fixture.database.query<{ open: number }>(sessions, [RELAY_SESSION_LOCK]))[0]?.open;
const drained = (timeoutMs: number) =>
  eventually(async () => (await fixture.database.query<{ waiting: bigint }>(countOutbox))[0]?.waiting === 0n, {
    timeoutMs,
  });

async function publishSome(subject: string, customerId: string, from: bigint, count: number): Promise<void> {
  await runUnitOfWork(fixture.database, context(), (uow) => publishPayment(uow, { subject, customerId, from, count }));
}

/** First appearances, in the order of the topic. */
async function sequencesOf(wanted: string): Promise<number[]> {
  const messages = await readTopic(fixture.brokers, `${fixture.topicPrefix}${topics.payments}`);
  const values = messages.map(({ value }) => value as { subject: string; sequence: number });
  return [...new Set(values.filter(({ subject }) => subject === wanted).map(({ sequence }) => sequence))];
}

const counted = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);

test('the slots of a relay that was killed go to another long before their lease has run out', async () => {
  const [customerId, subject] = [newId(), newId()];
  await fixture.database.query(newCustomer, [customerId]);
  const child = await relayProcess();
  await publishSome(subject, customerId, 0n, 3);
  await drained(5_000);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await publishSome(subject, customerId, 3n, 3);
  relayHere();
  await drained(TAKEOVER_TIMEOUT_MS);
  expect(await slotsHeld()).toEqual([SLOTS]);
  expect(await sequencesOf(subject)).toEqual(counted(6));
});

test('a relay that lives on without its session shares again, and the order stays', async () => {
  const [customerId, subject] = [newId(), newId()];
  await fixture.database.query(newCustomer, [customerId]);
  relayHere();
  relayHere(await fixture.another());
  const shares = [Math.floor(SLOTS / 2), Math.ceil(SLOTS / 2)];
  await eventually(async () => expect(await slotsHeld()).toEqual(shares), { timeoutMs: 20_000 });
  for (let round = 0n; round < 20n; round += 1n) {
    if (round % 5n === 0n) await fixture.database.query(cutSessions, [RELAY_SESSION_LOCK]);
    await publishSome(subject, customerId, round * 5n, 5);
  }
  await drained(TAKEOVER_TIMEOUT_MS);
  expect(await sequencesOf(subject)).toEqual(counted(100));
  await eventually(async () => expect(await slotsHeld()).toEqual(shares), { timeoutMs: 20_000 });
}, 60_000);

test('a relay reads nothing of what another has taken over, whatever it believes', async () => {
  const [customerId, subject] = [newId(), newId()];
  await fixture.database.query(newCustomer, [customerId]);
  relayHere();
  await eventually(async () => expect(await slotsHeld()).toEqual([SLOTS]));
  await fixture.database.query(takeAll, [newId()]);
  await publishSome(subject, customerId, 0n, 3);
  await expect(
    eventually(async () => expect((await sequencesOf(subject)).length).toBeGreaterThan(0), { timeoutMs: 800 }),
  ).rejects.toThrow();
  // Its next look finds that it has lost them, and that the other one's leases have run out.
  await drained(20_000);
  expect(await sequencesOf(subject)).toEqual(counted(3));
}, 60_000);
