import { setTimeout as sleep } from 'node:timers/promises';
import { openSql, type SqlConnection, startTestSystem, type TestSystem } from '@tenor/testing';
import { aftermathOf, nothingWrong } from './aftermath.ts';
import { loanRequest, paymentRequest } from './load.ts';
import { type LockWaits, watchLockWaits } from './lock-waits.ts';

const CUSTOMERS = 10;
const RUN_MS = 4_000;
/** A slow machine takes longer until so much of each kind is done. */
const DONE_MIN = 10;
const RUN_MAX_MS = 30_000;
/** Between two requests of a lane, so that a machine of two cores is not the limit. */
const PAUSE_MS = 100;
const WAIT_MAX_MS = 250;
/**
 * A machine is overloaded on which a thread that has work gets less than this of a core, as one that takes no lock and
 * asks no service finds in the same run; the limit of 250 ms is then longer in proportion.
 */
const CORE_SHARE_MIN = 0.5;

let system: TestSystem;
let sql: SqlConnection;
const tally: Record<string, number> = {};
const done = { payments: [] as string[], reversals: [] as string[], loans: [] as string[], charges: [] };
let waits: LockWaits;

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
  const label = [method, path.split('/')[2], response.status, answer.code ?? ''].join(' ').trim();
  tally[label] = (tally[label] ?? 0) + 1;
  return response.status < 300 ? (answer.id ?? '') : undefined;
}

/** All that one customer's lanes do at once, each as often as the time allows: pay and take back, open, change, read. */
async function act(index: number): Promise<void> {
  const customerId = (await ask('POST', '/v1/customers', { external_id: `lock-${index}`, first_name: 'Lock' })) ?? '';
  const open = async (key: string): Promise<string> => {
    const id = await ask('POST', '/v1/loans', loanRequest(customerId), `open-${index}-${key}`);
    if (id !== undefined) done.loans.push(id);
    return id ?? '';
  };
  const loanId = await open('first');
  const started = performance.now();
  const goesOn = (): boolean => {
    const tookMs = performance.now() - started;
    return tookMs < RUN_MS || (tookMs < RUN_MAX_MS && !isEnough());
  };
  const lane = async (step: (turn: number) => Promise<unknown>): Promise<void> => {
    for (let turn = 1; goesOn(); turn += 1) {
      await step(turn);
      await sleep(PAUSE_MS);
    }
  };
  const pay = async (turn: number): Promise<void> => {
    const id = await ask(
      'POST',
      '/v1/payments',
      paymentRequest(customerId, `${1 + (turn % 9)}.00`),
      `pay-${index}-${turn}`,
    );
    if (id === undefined) return;
    done.payments.push(id);
    if (turn % 3 !== 0) return;
    const reversed = await ask('POST', `/v1/payments/${id}/reverse`, { reason: 'lock' }, `reverse-${index}-${turn}`);
    if (reversed !== undefined) done.reversals.push(id);
  };
  await Promise.all([
    lane(pay),
    lane((turn) => open(String(turn))),
    lane((turn) => ask('PATCH', `/v1/customers/${customerId}`, { last_name: `Turn ${turn}` })),
    lane(() => ask('GET', `/v1/loans/${loanId}/outstanding`)),
    lane(() => ask('GET', `/v1/customers/${customerId}/payments`)),
  ]);
}

const kinds = ['payments', 'reversals', 'loans'] as const;
const isEnough = (): boolean => kinds.every((kind) => done[kind].length >= DONE_MIN);

beforeAll(async () => {
  system = await startTestSystem('lock order');
  sql = await openSql(system.tenant.adminUrl);
  const watch = await watchLockWaits(system.tenant.adminUrl);
  await Promise.all(Array.from({ length: CUSTOMERS }, (_, index) => act(index)));
  waits = await watch.stop();
  const told = { ...waits, waits: waits.waits.length, longest: waits.waits.slice(0, 3), requests: tally };
  process.stdout.write(`lock waits: ${JSON.stringify(told)}\n`);
}, 90_000);
afterAll(async () => {
  await sql?.close();
  await system?.stop();
}, 60_000);

test('no deadlock and no lock time-out reaches a client', () => {
  // Payment hears of a new customer, and of its first loan, a moment later.
  const expected = / 20[01]$| 503 projection_behind$|^GET customers 404 not_found$/;
  expect(Object.keys(tally).filter((label) => !expected.test(label))).toEqual([]);
  for (const kind of kinds) expect(done[kind].length).toBeGreaterThanOrEqual(DONE_MIN);
});

test('the server has no deadlock to break up, not even one that is repeated', () => {
  const { billing, payment } = system.services;
  const lines = [...billing.lines(), ...payment.lines()];
  expect(lines.filter((line) => /40P01|deadlock detected/.test(line))).toEqual([]);
  expect(waits.deadlocks).toBe(0);
});

test(`nobody waits for a lock longer than ${WAIT_MAX_MS} ms on a machine that is not overloaded`, () => {
  expect(waits.samples).toBeGreaterThan(RUN_MS / WAIT_MAX_MS);
  const limitMs = WAIT_MAX_MS * Math.max(1, CORE_SHARE_MIN / waits.coreShare);
  expect(waits.waits.filter(({ waitedMs }) => waitedMs > limitMs)).toEqual([]);
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
