import { eventTopics, readTopic } from '@tenor/testing';
import { nothingWrong } from './aftermath.ts';
import { type Drills, type Outcome, startDrills } from './drills.ts';
import type { FaultySystem } from './faulty-system.ts';

let drills: Drills;
beforeAll(async () => {
  drills = await startDrills('faults kafka');
}, 60_000);
afterAll(() => drills?.stop(), 60_000);

const services = ['billing', 'payment'] as const;
const brokers = (system: FaultySystem) => services.map((service) => system.on(`${service}-kafka`));
const heal = async (system: FaultySystem): Promise<void> => {
  for (const broker of brokers(system)) await broker.set({ kind: 'none' });
};
/** Long enough for all that needs Kafka to have missed it. */
const SHORT_OUTAGE_S = 4;
/** The session of the member that was cut off has to run out, and the broker's look-ups time out. */
const RECOVERY_MAX_MS = 15_000;

/** How often each kind of line was written: who told what, whatever the particulars. */
function timesByKind(lines: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const line of lines) {
    const { component, group, msg } = JSON.parse(line) as { component?: string; group?: string; msg: string };
    const kind = `${component ?? ''} ${group ?? ''}: ${msg}`;
    times.set(kind, (times.get(kind) ?? 0) + 1);
  }
  return times;
}

async function expectDegraded(system: FaultySystem): Promise<void> {
  for (const service of services) {
    const { status, body } = await system.ready(service);
    expect({ status, readiness: body.status }).toEqual({ status: 200, readiness: 'degraded' });
    expect(body.checks).toContainEqual({ name: 'database', status: 'ok' });
  }
  expect(await system.readyTogether()).toEqual({
    status: 200,
    body: { status: 'degraded', services: { billing: 'degraded', payment: 'degraded' } },
  });
}

function expectOnlySuccess(answers: object): void {
  expect(Object.keys(answers).filter((label) => !/ 20[01]$/.test(label))).toEqual([]);
}

test('without Kafka payments are accepted and settle later, and logs grow neither with time nor with traffic', async () => {
  const outage = async (seconds: number, customers: number): Promise<Outcome> => {
    const outcome = await drills.suffer({
      fault: `Kafka refuses for ${seconds} s`,
      inject: async (system) => {
        for (const broker of brokers(system)) await broker.set({ kind: 'refuse' });
      },
      lastsMs: seconds * 1_000,
      customers,
      during: async (system) => {
        await expectDegraded(system);
        for (const service of services)
          expect(await system.metric(service, 'outbox_send_failures_total')).toBeGreaterThan(0);
      },
      heal,
    });
    expectOnlySuccess(outcome.load.answers);
    expect(outcome.acknowledgedDuring).toBeGreaterThan(customers);
    expect(outcome.recoveryMs).toBeLessThan(RECOVERY_MAX_MS);
    expect(outcome.aftermath).toEqual(nothingWrong);
    return outcome;
  };
  const short = await outage(SHORT_OUTAGE_S, 3);
  const long = await outage(3 * SHORT_OUTAGE_S, 9);
  expect(long.acknowledgedDuring).toBeGreaterThan(2 * short.acknowledgedDuring);
  for (const service of services) {
    const [few, many] = [timesByKind(short.linesDuring[service]), timesByKind(long.linesDuring[service])];
    expect([...many].filter(([kind, times]) => times > Math.max(1, few.get(kind) ?? 0))).toEqual([]);
    expect(few.size).toBeGreaterThan(0);
  }
}, 120_000);

test('a Kafka that takes connections and never answers is left, and found again', async () => {
  const { load, acknowledgedDuring, recoveryMs, aftermath, linesDuring } = await drills.suffer({
    fault: 'Kafka is silent (half-open)',
    inject: async (system) => {
      for (const broker of brokers(system)) await broker.set({ kind: 'swallow', what: 'both' });
    },
    lastsMs: 7_000,
    during: expectDegraded,
    heal,
  });
  expectOnlySuccess(load.answers);
  expect(acknowledgedDuring).toBeGreaterThan(20);
  for (const service of services)
    expect([...timesByKind(linesDuring[service])].filter(([, times]) => times > 1)).toEqual([]);
  expect(recoveryMs).toBeLessThan(RECOVERY_MAX_MS);
  expect(aftermath).toEqual(nothingWrong);
}, 90_000);

/** By topic, how many messages repeat an event that came before. */
async function duplicatesOf({ tenant }: FaultySystem): Promise<Record<string, number>> {
  const duplicates = eventTopics.map(async (topic) => {
    const messages = await readTopic(tenant.brokers, `${tenant.topicPrefix}${topic}`);
    const events = new Set(messages.map(({ value }) => (value as { id: string }).id));
    return [topic, messages.length - events.size];
  });
  return Object.fromEntries(await Promise.all(duplicates)) as Record<string, number>;
}

/** The load makes its customers before a fault begins. */
async function newCustomer({ url, token }: FaultySystem): Promise<void> {
  const { status } = await fetch(`${url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'meanwhile' },
    body: JSON.stringify({ external_id: 'meanwhile', first_name: 'Meanwhile' }),
  });
  expect(status).toBe(201);
}

test('answers lost after the append lose no event, and the duplicates have no effect', async () => {
  const before = await duplicatesOf(drills.system);
  const { load, aftermath } = await drills.suffer({
    fault: 'Kafka’s acknowledgements are lost',
    inject: async (system) => {
      for (const broker of brokers(system)) broker.dropProduceAnswers(Number.POSITIVE_INFINITY);
      await newCustomer(system);
    },
    lastsMs: 3_000,
    during: async (system) => {
      for (const broker of brokers(system)) expect(broker.dropped()).toBeGreaterThan(1);
    },
    heal: async (system) => {
      for (const broker of brokers(system)) broker.dropProduceAnswers(0);
    },
  });
  expectOnlySuccess(load.answers);
  expect(aftermath).toEqual(nothingWrong);
  const after = await duplicatesOf(drills.system);
  expect(eventTopics.filter((topic) => (after[topic] ?? 0) <= (before[topic] ?? 0))).toEqual([]);
}, 60_000);

test('a service whose Kafka is silent stops by itself, within its limit', async () => {
  const { system } = drills;
  for (const broker of brokers(system)) await broker.set({ kind: 'swallow', what: 'both' });
  const before = system.services.payment.lines().length;
  const lines = system.services.payment.lines();
  const started = performance.now();
  await system.services.payment.stop();
  expect(performance.now() - started).toBeLessThan(15_000);
  expect(lines.slice(before).filter((line) => line.includes('stopping failed'))).toEqual([]);
  await heal(system);
  await system.services.payment.start();
}, 60_000);
