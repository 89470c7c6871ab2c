import { eventually } from '@tenor/testing';
import { nothingWrong } from './aftermath.ts';
import { type Drills, type Outcome, startDrills } from './drills.ts';
import type { FaultySystem } from './faulty-system.ts';

let drills: Drills;
beforeAll(async () => {
  drills = await startDrills('faults postgres');
}, 60_000);
afterAll(() => drills?.stop(), 60_000);

const services = ['billing', 'payment'] as const;
const databases = (system: FaultySystem) => services.map((service) => system.on(`${service}-postgres`));
const heal = async (system: FaultySystem): Promise<void> => {
  for (const database of databases(system)) await database.set({ kind: 'none' });
};
/** For all that runs besides requests: relay, leases, consumers, dead letters, webhooks, scores, jobs. */
const LINES_PER_OUTAGE_MAX = 30;
const RECOVERY_MAX_MS = 15_000;

async function expectDown(system: FaultySystem): Promise<void> {
  for (const service of services) {
    const { status, body } = await system.ready(service);
    expect({ status, readiness: body.status }).toEqual({ status: 503, readiness: 'down' });
    expect(body.checks).toContainEqual({ name: 'database', status: 'down' });
  }
  expect((await fetch(`${system.url}/readyz`)).status).toBe(503);
}

/** Every answer is a success or `database_unavailable`, no request waited longer, and the books are whole. */
function expectOutage({ load, aftermath, recoveryMs }: Outcome, slowestMs: number): void {
  const refusals = Object.entries(load.answers).filter(([label]) => !/ 20[01]$/.test(label));
  expect(refusals.map(([label]) => label).filter((label) => !label.endsWith(' 503 database_unavailable'))).toEqual([]);
  expect(refusals.length).toBeGreaterThan(0);
  expect(refusals.filter(([, answers]) => answers.slowestMs > slowestMs)).toEqual([]);
  expect(load.withoutRetryAfter).toBe(0);
  expect(recoveryMs).toBeLessThan(RECOVERY_MAX_MS);
  expect(aftermath).toEqual(nothingWrong);
}

test('without Postgres requests get 503 at once with Retry-After, and all goes on when it is back', async () => {
  const outcome = await drills.suffer({
    fault: 'Postgres refuses',
    inject: async (system) => {
      for (const database of databases(system)) await database.set({ kind: 'refuse' });
    },
    lastsMs: 5_000,
    during: expectDown,
    heal,
  });
  expectOutage(outcome, 5_000);
  expect(outcome.acknowledgedDuring).toBe(0);
  const refused = Object.entries(outcome.load.answers).flatMap(([label, { times }]) =>
    / 503 /.test(label) ? times : 0,
  );
  const requests = refused.reduce((sum, times) => sum + times, 0);
  const lines = services.reduce((sum, service) => sum + outcome.linesDuring[service].length, 0);
  expect(lines - requests).toBeLessThanOrEqual(LINES_PER_OUTAGE_MAX);
}, 60_000);

test('a Postgres that is silent ends requests with 503 within their limit, and connections are replaced', async () => {
  const outcome = await drills.suffer({
    fault: 'Postgres is silent (half-open)',
    inject: async (system) => {
      for (const database of databases(system)) await database.set({ kind: 'swallow', what: 'both' });
    },
    lastsMs: 13_000,
    during: expectDown,
    heal,
  });
  expectOutage(outcome, 17_500);
}, 90_000);

test('connections that break in the middle of transactions cost a retry', async () => {
  const outcome = await drills.suffer({
    fault: 'Postgres connections are reset',
    inject: async (system) => {
      for (let round = 0; round < 10; round += 1) {
        for (const database of databases(system)) database.cut();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    lastsMs: 0,
    heal,
  });
  expectOutage(outcome, 5_000);
}, 60_000);

test('answers to commits that are lost leave what was committed, and a repeated request gets the first answer', async () => {
  const COMMITS = 10;
  const outcome = await drills.suffer({
    fault: 'Postgres’ answers to commits are lost',
    inject: async (system) => {
      for (const database of databases(system)) database.dropCommitAnswers(COMMITS);
      await eventually(() => databases(system).every((database) => database.dropped() === COMMITS), {
        timeoutMs: 10_000,
      });
    },
    lastsMs: 0,
    heal,
  });
  expectOutage(outcome, 5_000);
  expect(outcome.load.replayed).toBeGreaterThan(0);
}, 60_000);

test('with only billing’s database away payments are taken and settle, and nothing dead-letters', async () => {
  const outcome = await drills.suffer({
    fault: 'Postgres refuses billing',
    inject: (system) => system.on('billing-postgres').set({ kind: 'refuse' }),
    lastsMs: 4_000,
    reach: 'payment',
    during: async (system) => {
      expect((await system.ready('billing')).body.status).toBe('down');
      expect((await system.ready('payment')).body.status).toBe('ok');
    },
    heal,
  });
  expect(Object.keys(outcome.load.answers).filter((label) => !/ 20[01]$/.test(label))).toEqual([]);
  expect(outcome.acknowledgedDuring).toBeGreaterThan(20);
  expect(outcome.recoveryMs).toBeLessThan(RECOVERY_MAX_MS);
  expect(outcome.aftermath).toEqual(nothingWrong);
}, 60_000);
