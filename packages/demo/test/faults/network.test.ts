import { eventually, type Passage } from '@tenor/testing';
import { nothingWrong } from './aftermath.ts';
import { type Drills, type Outcome, startDrills } from './drills.ts';
import { type FaultySystem, type LinkName, links } from './faulty-system.ts';
import type { LoadReport } from './load.ts';

const UPSTREAM_TIMEOUT_MS = 3_000;

let drills: Drills;
beforeAll(async () => {
  drills = await startDrills(
    'faults network',
    { GATEWAY_UPSTREAM_TIMEOUT_MS: String(UPSTREAM_TIMEOUT_MS) },
    'provider',
  );
}, 60_000);
afterAll(() => drills?.stop(), 60_000);

const heal = async (system: FaultySystem): Promise<void> => {
  for (const link of links) await system.on(link).set({ kind: 'none' });
};
/** In this order each is still used when it falls silent: a customer who waits for one asks nothing of the others. */
const gatewayLinks = ['gateway-billing', 'gateway-payment'] as const;
const outerLinks = ['provider-gateway', 'payment-provider', 'payment-billing'] as const;

/** Bytes of answers before a cut: within the header of one over HTTP; behind a handshake with a server. */
const CUT_AFTER = { http: 100, server: 1_000 } as const;
const isServerLink = (link: LinkName): boolean => /-(postgres|kafka)$/.test(link);
const EFFECT_TIMEOUT_MS = 10_000;
const DELAY_MS = 20;
const ROUND_TRIPS = 5;

/** The shortest of some ways through the gateway to both services and back. */
async function shortestRoundTripMs(system: FaultySystem): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let count = 0; count < ROUND_TRIPS; count += 1) {
    const started = performance.now();
    await (await fetch(`${system.url}/readyz`)).text();
    shortest = Math.min(shortest, performance.now() - started);
  }
  return shortest;
}

/** Breaks connections off, first all of them, then each in the middle of an answer, until that has happened. */
async function cutOff(system: FaultySystem, link: LinkName): Promise<void> {
  const proxy = system.on(link);
  proxy.cut();
  const { cutAnswers } = proxy.passage();
  await proxy.set({ kind: 'cut', afterBytes: isServerLink(link) ? CUT_AFTER.server : CUT_AFTER.http });
  await eventually(() => proxy.passage().cutAnswers > cutAnswers, { timeoutMs: EFFECT_TIMEOUT_MS });
  await proxy.set({ kind: 'none' });
}

/** Silences the links one after the other, each once the one before has lost something. */
async function silence(system: FaultySystem, on: readonly LinkName[], what: 'answers' | 'both'): Promise<void> {
  for (const link of on) {
    const proxy = system.on(link);
    const { swallowed } = proxy.passage();
    await proxy.set({ kind: 'swallow', what });
    await eventually(() => proxy.passage().swallowed > swallowed, { timeoutMs: EFFECT_TIMEOUT_MS });
  }
}

/** Those of the links on which the proxy has not done what the drill is about. */
function spared({ passages }: Outcome, on: readonly LinkName[], count: keyof Passage): LinkName[] {
  return on.filter((link) => passages[link][count] === 0);
}

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
  const roundTripsMs: number[] = [];
  const outcome = await drills.suffer({
    fault: 'every link is late by 20 to 40 ms',
    inject: async (system) => {
      roundTripsMs.push(await shortestRoundTripMs(system));
      for (const link of links) await system.on(link).set({ kind: 'delay', ms: DELAY_MS, jitterMs: DELAY_MS });
    },
    lastsMs: 3_000,
    during: async (system) => void roundTripsMs.push(await shortestRoundTripMs(system)),
    heal,
  });
  const [before = 0, during = 0] = roundTripsMs;
  expect(during).toBeGreaterThan(before);
  // There and back, between the client and the gateway and from there to a service.
  expect(during).toBeGreaterThanOrEqual(4 * DELAY_MS);
  expect(spared(outcome, links, 'delayed')).toEqual([]);
  // So many slow links on a busy machine can be slower than the short time-out that the gateway has here.
  expect(unexpected(outcome.load, / 503 (projection_behind|service_unavailable)$/)).toEqual([]);
  expect(outcome.acknowledgedDuring).toBeGreaterThan(5);
  expectSound(outcome);
}, 60_000);

test('with connections cut on every link, also in the middle of answers, nothing is lost or done twice', async () => {
  const outcome = await drills.suffer({
    fault: 'connections of every link are cut',
    inject: async (system) => {
      for (const link of links) await cutOff(system, link);
    },
    lastsMs: 0,
    heal,
  });
  const inTheMiddle =
    / 503 (database_unavailable|service_unavailable|billing_unavailable|projection_behind)$| TypeError: /;
  expect(unexpected(outcome.load, inTheMiddle)).toEqual([]);
  expect(spared(outcome, links, 'bytes')).toEqual([]);
  expect(spared(outcome, links, 'resets')).toEqual([]);
  expect(spared(outcome, links, 'cutAnswers')).toEqual([]);
  expect(Object.keys(outcome.load.answers).some((label) => label.includes('TypeError'))).toBe(true);
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
      inject: (system) => silence(system, gatewayLinks, what),
      lastsMs: 3_000,
      heal,
    });
    expect(spared(outcome, gatewayLinks, 'swallowed')).toEqual([]);
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
      inject: (system) => silence(system, outerLinks, what),
      lastsMs: 3_000,
      heal,
    });
    expect(spared(outcome, outerLinks, 'swallowed')).toEqual([]);
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

test.each([
  { fault: 'the gateway’s answers to its clients are swallowed', what: 'answers' },
  { fault: 'the gateway is silent to its clients (half-open)', what: 'both' },
] as const)(
  '$fault: clients repeat their requests, which are done once',
  async ({ fault, what }) => {
    const outcome = await drills.suffer({
      fault,
      inject: (system) => silence(system, ['client-gateway'], what),
      lastsMs: 2_500,
      patienceMs: 1_500,
      heal,
    });
    expect(spared(outcome, ['client-gateway'], 'swallowed')).toEqual([]);
    expect(unexpected(outcome.load, / TimeoutError: /)).toEqual([]);
    expect(Object.keys(outcome.load.answers).some((label) => label.includes('TimeoutError'))).toBe(true);
    expectSound(outcome);
  },
  60_000,
);

test.each([
  {
    fault: 'the collector of traces is silent (half-open)',
    does: { kind: 'swallow', what: 'both' },
    count: 'swallowed',
  },
  {
    fault: 'the collector’s answers are cut in the middle',
    does: { kind: 'cut', afterBytes: 100 },
    count: 'cutAnswers',
  },
] as const)(
  '$fault: no request notices',
  async ({ fault, does, count }) => {
    const outcome = await drills.suffer({
      fault,
      inject: (system) => system.on('services-collector').set(does),
      lastsMs: 3_000,
      reach: 'services',
      heal,
    });
    expect(spared(outcome, ['services-collector'], count)).toEqual([]);
    expect(Object.keys(outcome.load.answers).filter((label) => !/ 20[01]$/.test(label))).toEqual([]);
    expect(outcome.acknowledgedDuring).toBeGreaterThan(10);
    expect(outcome.aftermath).toEqual(nothingWrong);
  },
  60_000,
);
