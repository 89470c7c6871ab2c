import { setTimeout as sleep } from 'node:timers/promises';
import { type LinkName, links } from '@tenor/testing';
import { nothingWrong } from './aftermath.ts';
import { type Drills, startDrills } from './drills.ts';
import type { FaultySystem } from './faulty-system.ts';
import type { LoadReport } from './load.ts';

const UPSTREAM_TIMEOUT_MS = 2_000;

let drills: Drills;
beforeAll(async () => {
  drills = await startDrills('faults network', { GATEWAY_UPSTREAM_TIMEOUT_MS: String(UPSTREAM_TIMEOUT_MS) });
}, 60_000);
afterAll(() => drills?.stop(), 60_000);

const heal = async (system: FaultySystem): Promise<void> => {
  for (const link of links) await system.on(link).set({ kind: 'none' });
};
const gatewayLinks: readonly LinkName[] = ['gateway-billing', 'gateway-payment'];
const TURN_MS = 250;

/** The answers that were no success, but for those that match. */
function unexpected({ answers }: LoadReport, expected: RegExp): string[] {
  return Object.keys(answers).filter((label) => !/ 20[01]$/.test(label) && !expected.test(label));
}

test('with every link slow everything goes on', async () => {
  const { load, acknowledgedDuring, aftermath } = await drills.suffer({
    fault: 'every link is late by 20 to 40 ms',
    inject: async (system) => {
      for (const link of links) await system.on(link).set({ kind: 'delay', ms: 20, jitterMs: 20 });
    },
    lastsMs: 3_000,
    heal,
  });
  // Seven slow links on a busy machine can be slower than the short time-out that the gateway has here.
  expect(unexpected(load, / 503 (projection_behind|service_unavailable)$/)).toEqual([]);
  expect(acknowledgedDuring).toBeGreaterThan(5);
  expect(aftermath).toEqual(nothingWrong);
}, 60_000);

test('with connections cut on every link, also in the middle of answers, nothing is lost or done twice', async () => {
  const { load, aftermath, recoveryMs } = await drills.suffer({
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
  expect(unexpected(load, / 503 (database_unavailable|service_unavailable|projection_behind)$| TypeError: /)).toEqual(
    [],
  );
  expect(load.withoutRetryAfter).toBe(0);
  expect(recoveryMs).toBeLessThan(15_000);
  expect(aftermath).toEqual(nothingWrong);
}, 60_000);

test.each([
  { fault: 'the services’ answers to the gateway are swallowed', what: 'answers' },
  { fault: 'the services are silent to the gateway (half-open)', what: 'both' },
] as const)(
  '$fault: 503 in time, and a repeated request is done once',
  async ({ fault, what }) => {
    const { load, aftermath } = await drills.suffer({
      fault,
      inject: async (system) => {
        for (const link of gatewayLinks) await system.on(link).set({ kind: 'swallow', what });
      },
      lastsMs: 3_000,
      heal,
    });
    expect(unexpected(load, / 503 service_unavailable$/)).toEqual([]);
    const refused = Object.entries(load.answers).filter(([label]) => label.endsWith('service_unavailable'));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter(([, { slowestMs }]) => slowestMs > UPSTREAM_TIMEOUT_MS + 3_000)).toEqual([]);
    expect(load.withoutRetryAfter).toBe(0);
    expect(aftermath).toEqual(nothingWrong);
  },
  60_000,
);

test('clients that never see their answers repeat their requests, which are done once', async () => {
  const { load, aftermath } = await drills.suffer({
    fault: 'the gateway’s answers to its clients are swallowed',
    inject: (system) => system.on('client-gateway').set({ kind: 'swallow', what: 'answers' }),
    lastsMs: 2_500,
    patienceMs: 1_500,
    heal,
  });
  expect(unexpected(load, / TimeoutError: /)).toEqual([]);
  expect(Object.keys(load.answers).some((label) => label.includes('TimeoutError'))).toBe(true);
  expect(aftermath).toEqual(nothingWrong);
}, 60_000);
