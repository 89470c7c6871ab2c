import { setTimeout as sleep } from 'node:timers/promises';
import { drained, eventually, openSql, type SqlConnection, startTestSystem, type TestSystem } from '@tenor/testing';
import { aftermathOf, nothingWrong } from './aftermath.ts';
import { loanRequest, paymentRequest } from './load.ts';
import { type LockWaits, watchLockWaits } from './lock-waits.ts';

const CUSTOMERS = 10;
const RUN_MS = 4_000;
/** A slow machine takes longer until so much of each kind is done. */
const DONE_MIN = 10;
const RUN_MAX_MS = 30_000;
/** Between two requests of a lane, so that a machine of two cores is not the limit. */
const PAUSE_MS = 800;
const WAIT_MAX_MS = 250;
/** Pays a loan off, and leaves more credit than is spent here. */
const OVERPAYMENT = '60000.00';
/** Beyond this, nobody waits on any machine. */
const WAIT_CAP_MS = 1_000;
const RUNS_MAX = 6;
/** Whatever else keeps the machine busy may have ended by then. */
const CALM_PAUSE_MS = 5_000;
/**
 * A machine is overloaded on which a thread that has work gets less than this of a core, as one that takes no lock and
 * asks no service finds in the same run. Who waits longer than 250 ms there is measured again, and the limit of the best run is longer in
 * proportion, up to the cap.
 */
const CORE_SHARE_MIN = 0.5;

let system: TestSystem;
let sql: SqlConnection;
const tally: Record<string, number> = {};
const done = { payments: [] as string[], reversals: [] as string[], loans: [] as string[], charges: [] };
const runs: LockWaits[] = [];

async function ask(
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: object,
  key = '',
): Promise<string | undefined> {
  const response = await fetch(`${system.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${system.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === '' ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { id?: string; code?: string };
  const label = [method, path.split('/').at(/(uses|refunds)$/.test(path) ? 4 : 2), response.status, answer.code ?? '']
    .join(' ')
    .trim();
  tally[label] = (tally[label] ?? 0) + 1;
  return response.status < 300 ? (answer.id ?? '') : undefined;
}

interface Person {
  readonly name: string;
  readonly customerId: string;
  /** Owed to the end, so that credit can be used for it. */
  readonly loanId: string;
}

async function open(customerId: string, key: string): Promise<string> {
  const id = await ask('POST', '/v1/loans', loanRequest(customerId), key);
  if (id !== undefined) done.loans.push(id);
  return id ?? '';
}

/** Pays until the payment is taken: payment hears of a new customer, and of a new loan, a moment later. */
async function payUntilTaken(customerId: string, amount: string, key: string): Promise<void> {
  const id = await eventually(async () => {
    const taken = await ask('POST', '/v1/payments', paymentRequest(customerId, amount), key);
    if (taken === undefined) throw new Error(`${key} is not taken`);
    return taken;
  });
  done.payments.push(id);
}

/** A customer who has overpaid a loan, and so has credit once billing has taken that in. */
async function enter(index: number): Promise<Omit<Person, 'loanId'>> {
  const name = `lock-${index}`;
  const customerId = (await ask('POST', '/v1/customers', { external_id: name, first_name: 'Lock' })) ?? '';
  await open(customerId, `${name}-overpaid`);
  await payUntilTaken(customerId, OVERPAYMENT, `${name}-overpay`);
  return { name, customerId };
}

/** Gives the customer another loan, to spend the credit on. */
async function owe({ name, customerId }: Omit<Person, 'loanId'>): Promise<Person> {
  const loanId = await open(customerId, `${name}-owing`);
  await payUntilTaken(customerId, '1.00', `${name}-first`);
  return { name, customerId, loanId };
}

/** All that one customer's lanes do at once, each as often as the time allows. */
async function act({ name, customerId, loanId }: Person, run: number): Promise<void> {
  const started = performance.now();
  const goesOn = (): boolean => {
    const tookMs = performance.now() - started;
    return tookMs < RUN_MS || (tookMs < RUN_MAX_MS && !isEnough());
  };
  const lane = async (step: (key: string, turn: number) => Promise<unknown>): Promise<void> => {
    for (let turn = 1; goesOn(); turn += 1) {
      await step(`${name}-${run}-${turn}`, turn);
      await sleep(PAUSE_MS);
    }
  };
  const payAndTakeBack = async (key: string, turn: number): Promise<void> => {
    const id = await ask('POST', '/v1/payments', paymentRequest(customerId, `${1 + (turn % 9)}.00`), `${key}-pay`);
    if (id === undefined) return;
    done.payments.push(id);
    if (turn % 3 !== 0) return;
    const reversed = await ask('POST', `/v1/payments/${id}/reverse`, { reason: 'lock' }, `${key}-reverse`);
    if (reversed !== undefined) done.reversals.push(id);
  };
  const { amount } = paymentRequest(customerId, '1.00');
  const customer = `/v1/customers/${customerId}`;
  await Promise.all([
    lane(payAndTakeBack),
    lane((key) => open(customerId, `${key}-open`)),
    lane((key) => ask('POST', `${customer}/credit-uses`, { loan_id: loanId, amount }, `${key}-use`)),
    lane((key) => ask('POST', `${customer}/refunds`, { amount }, `${key}-refund`)),
    lane((key) => ask('PATCH', customer, { last_name: key })),
    lane(() => ask('GET', `/v1/loans/${loanId}/outstanding`)),
    lane(() => ask('GET', `${customer}/payments`)),
  ]);
}

const longestMs = ({ waits }: LockWaits): number => waits[0]?.waitedMs ?? 0;
const limitMs = ({ coreShare }: LockWaits): number =>
  Math.min(WAIT_CAP_MS, Math.round(WAIT_MAX_MS * Math.max(1, CORE_SHARE_MIN / coreShare)));
/** The run in which the longest wait was the smallest part of what the machine allows. */
const bestRun = (): LockWaits | undefined =>
  runs.toSorted((a, b) => longestMs(a) / limitMs(a) - longestMs(b) / limitMs(b))[0];

function told(run: LockWaits): object {
  const { samples, waits, coreShare, deadlocks } = run;
  const longest = waits.slice(0, 3).map(({ what, waitedMs }) => `${waitedMs} ms ${what.slice(0, 80)}`);
  return {
    longestMs: longestMs(run),
    coreShare,
    limitMs: limitMs(run),
    samples,
    waits: waits.length,
    deadlocks,
    longest,
  };
}

const kinds = ['payments', 'reversals', 'loans'] as const;
const isEnough = (): boolean => kinds.every((kind) => done[kind].length >= DONE_MIN);

beforeAll(async () => {
  system = await startTestSystem('lock order');
  sql = await openSql(system.tenant.adminUrl);
  const entered = await Promise.all(Array.from({ length: CUSTOMERS }, (_, index) => enter(index)));
  await drained(sql, system.tenant);
  const people = await Promise.all(entered.map(owe));
  // Who enters may be refused while payment has not heard of the new customer and of the new loans.
  for (const label of Object.keys(tally)) delete tally[label];
  while (
    runs.length < RUNS_MAX &&
    !runs.some((run) => longestMs(run) <= limitMs(run) || run.coreShare >= CORE_SHARE_MIN)
  ) {
    if (runs.length > 0) await sleep(CALM_PAUSE_MS);
    const watch = await watchLockWaits(system.tenant.adminUrl);
    await Promise.all(people.map((person) => act(person, runs.length)));
    runs.push(await watch.stop());
  }
  for (const run of runs) process.stdout.write(`lock waits: ${JSON.stringify(told(run))}\n`);
  process.stdout.write(`requests: ${JSON.stringify(tally)}\n`);
}, 240_000);
afterAll(async () => {
  await sql?.close();
  await system?.stop();
}, 60_000);

test('no deadlock and no lock time-out reaches a client', () => {
  expect(Object.keys(tally).filter((label) => !/ 20[01]$| 503 projection_behind$/.test(label))).toEqual([]);
  for (const label of ['POST credit-uses 201', 'POST refunds 201']) {
    expect(tally[label] ?? 0).toBeGreaterThanOrEqual(DONE_MIN);
  }
  for (const kind of kinds) expect(done[kind].length).toBeGreaterThanOrEqual(DONE_MIN);
});

test('the server has no deadlock to break up, not even one that is repeated', () => {
  const { billing, payment } = system.services;
  const lines = [...billing.lines(), ...payment.lines()];
  expect(lines.filter((line) => /40P01|deadlock detected/.test(line))).toEqual([]);
  expect(runs.map(({ deadlocks }) => deadlocks)).toEqual(runs.map(() => 0));
});

test(`nobody waits for a lock longer than ${WAIT_MAX_MS} ms on a machine that is not overloaded`, () => {
  const best = bestRun();
  if (best === undefined) throw new Error('Nothing was measured');
  expect(best.samples).toBeGreaterThan(RUN_MS / WAIT_MAX_MS);
  expect(best.waits.length).toBeGreaterThan(0);
  expect(best.waits.filter(({ waitedMs }) => waitedMs > limitMs(best))).toEqual([]);
});

test('the watch does see who waits', async () => {
  const held = await openSql(system.tenant.adminUrl);
  const lock = 'select from payment.customers order by id limit 1 for update';
  const watch = await watchLockWaits(system.tenant.adminUrl);
  await held.rows('begin');
  await held.rows(lock);
  const waited = sql.rows(lock);
  await sleep(150);
  await held.rows('commit');
  await waited;
  const seen = await watch.stop();
  await held.close();
  const own = seen.waits.find(({ what }) => what.includes(lock));
  expect(own?.waitedMs).toBeGreaterThan(50);
  expect(seen.deadlocks).toBe(0);
});

test('both services come to rest on the same books', async () => {
  expect(await aftermathOf(system, sql, done)).toEqual(nothingWrong);
}, 60_000);
