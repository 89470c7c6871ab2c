import { setTimeout as sleep } from 'node:timers/promises';
import { nothingWrong } from './aftermath.ts';
import { type Drills, type Outcome, startDrills } from './drills.ts';
import { type FaultySystem, type LinkName, links } from './faulty-system.ts';
import type { LoadReport } from './load.ts';

const UPSTREAM_TIMEOUT_MS = 2_000;

let drills: Drills;
beforeAll(async () => {
  drills = await startDrills('faults network', { GATEWAY_UPSTREAM_TIMEOUT_MS: String(UPSTREAM_TIMEOUT_MS) }, true);
}, 60_000);
afterAll(() => drills?.stop(), 60_000);

const heal = async (system: FaultySystem): Promise<void> => {
  for (const link of links) await system.on(link).set({ kind: 'none' });
};
const gatewayLinks: readonly LinkName[] = ['gateway-billing', 'gateway-payment'];
const TURN_MS = 250;

const outerLinks: readonly LinkName[] = ['payment-billing', 'payment-provider', 'provider-gateway'];

/** What holds whatever the fault, with traffic on every link. */
function expectSound({ load, aftermath }: Outcome): void {
  expect(load.charges.length).toBeGreaterThan(0);
  expect(load.answers['compare 200']?.times).toBeGreaterThan(0);
  expect(load.differences).toEqual([]);
  expect(load.withoutRetryAfter).toBe(0);
  expect(aftermath).toEqual(nothingWrong);
}

/** The answers that were no success, but for those that match. */
function unexpected({ answers }: LoadReport, expected: RegExp): string[] {
  return Object.keys(answers).filter((label) => !/ 20[01]$/.test(label) && !expected.test(label));
}

test('with every link slow everything goes on', async () => {
  const outcome = await drills.suffer({
    fault: 'every link is late by 20 to 40 ms',
    inject: async (system) => {
      for (const link of links) await system.on(link).set({ kind: 'delay', ms: 20, jitterMs: 20 });
    },
    lastsMs: 3_000,
    heal,
  });
  // So many slow links on a busy machine can be slower than the short time-out that the gateway has here.
  expect(unexpected(outcome.load, / 503 (projection_behind|service_unavailable)$/)).toEqual([]);
  expect(outcome.acknowledgedDuring).toBeGreaterThan(5);
  expectSound(outcome);
}, 60_000);

test('with connections cut on every link, also in the middle of answers, nothing is lost or done twice', async () => {
  const outcome = await drills.suffer({
    fault: 'connections of every link are cut',
    inject: async (system) => {
      for (const link of links) {
        system.on(link).cut();
        await sleep(TURN_MS);
        await system.on(link).set({ kind: 'cut', afterBytes: 3_000 });
        await sleep(TURN_MS);
        await system.on(link).set({ kind: 'none' });
      }
    },
    lastsMs: 0,
    heal,
  });
  const inTheMiddle =
    / 503 (database_unavailable|service_unavailable|billing_unavailable|projection_behind)$| TypeError: /;
  expect(unexpected(outcome.load, inTheMiddle)).toEqual([]);
  expect(outcome.recoveryMs).toBeLessThan(15_000);
  expectSound(outcome);
}, 60_000);

test.each([
  { fault: 'the services’ answers to the gateway are swallowed', what: 'answers' },
  { fault: 'the services are silent to the gateway (half-open)', what: 'both' },
] as const)(
  '$fault: 503 in time, and a repeated request is done once',
  async ({ fault, what }) => {
    const outcome = await drills.suffer({
      fault,
      inject: async (system) => {
        for (const link of gatewayLinks) await system.on(link).set({ kind: 'swallow', what });
      },
      lastsMs: 3_000,
      heal,
    });
    expect(unexpected(outcome.load, / 503 service_unavailable$/)).toEqual([]);
    const refused = Object.entries(outcome.load.answers).filter(([label]) => label.endsWith('service_unavailable'));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter(([, { slowestMs }]) => slowestMs > UPSTREAM_TIMEOUT_MS + 3_000)).toEqual([]);
    expectSound(outcome);
  },
  60_000,
);

test.each([
  { fault: 'answers of billing to payment, and of and to the provider, are swallowed', what: 'answers' },
  { fault: 'billing is silent to payment, and the provider to and fro (half-open)', what: 'both' },
] as const)(
  '$fault: only comparing the books is refused, in time, and charges settle afterwards',
  async ({ fault, what }) => {
    const outcome = await drills.suffer({
      fault,
      inject: async (system) => {
        for (const link of outerLinks) await system.on(link).set({ kind: 'swallow', what });
      },
      lastsMs: 3_000,
      heal,
    });
    const { answers } = outcome.load;
    expect(unexpected(outcome.load, /^compare 503 (billing_unavailable|service_unavailable)$/)).toEqual([]);
    const refused = Object.entries(answers).filter(([label]) => label.startsWith('compare 503'));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter(([, { slowestMs }]) => slowestMs > UPSTREAM_TIMEOUT_MS + 3_000)).toEqual([]);
    expect(outcome.acknowledgedDuring).toBeGreaterThan(10);
    expectSound(outcome);
  },
  60_000,
);

test('clients that never see their answers repeat their requests, which are done once', async () => {
  const outcome = await drills.suffer({
    fault: 'the gateway’s answers to its clients are swallowed',
    inject: (system) => system.on('client-gateway').set({ kind: 'swallow', what: 'answers' }),
    lastsMs: 2_500,
    patienceMs: 1_500,
    heal,
  });
  expect(unexpected(outcome.load, / TimeoutError: /)).toEqual([]);
  expect(Object.keys(outcome.load.answers).some((label) => label.includes('TimeoutError'))).toBe(true);
  expectSound(outcome);
}, 60_000);
