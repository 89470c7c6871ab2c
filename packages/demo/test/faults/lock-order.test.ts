import { openSql, type SqlConnection } from '@tenor/testing';
import { startTestSystem, type TestSystem } from '../system.ts';
import { aftermathOf, nothingWrong } from './aftermath.ts';
import { loanRequest, paymentRequest } from './load.ts';
import { type LockWaits, watchLockWaits } from './lock-waits.ts';

const CUSTOMERS = 10;
/** Requests of one customer under way at once: one pays and takes back, one opens loans, one changes, two read. */
const RUN_MS = 4_000;
const WAIT_MAX_MS = 250;

let system: TestSystem;
let sql: SqlConnection;
const tally: Record<string, number> = {};
const done = { payments: [] as string[], reversals: [] as string[], loans: [] as string[] };
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

/** All that one customer's lanes do at once, each as often as the time allows. */
async function act(index: number): Promise<void> {
  const customerId = (await ask('POST', '/v1/customers', { external_id: `lock-${index}`, first_name: 'Lock' })) ?? '';
  const open = async (key: string): Promise<string> => {
    const id = await ask('POST', '/v1/loans', loanRequest(customerId), `open-${index}-${key}`);
    if (id !== undefined) done.loans.push(id);
    return id ?? '';
  };
  const loanId = await open('first');
  const until = performance.now() + RUN_MS;
  const lane = async (step: (turn: number) => Promise<unknown>): Promise<void> => {
    for (let turn = 1; performance.now() < until; turn += 1) await step(turn);
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

beforeAll(async () => {
  system = await startTestSystem('lock order');
  sql = await openSql(system.tenant.adminUrl);
  const watch = await watchLockWaits(system.tenant.adminUrl);
  await Promise.all(Array.from({ length: CUSTOMERS }, (_, index) => act(index)));
  waits = await watch.stop();
  process.stdout.write(`lock waits: ${JSON.stringify(waits)}\n${JSON.stringify(tally)}\n`);
}, 90_000);
afterAll(async () => {
  await sql?.close();
  await system?.stop();
}, 60_000);

test('no deadlock and no lock time-out reaches a client', () => {
  const expected = / 20[01]$| 503 projection_behind$/;
  expect(Object.keys(tally).filter((label) => !expected.test(label))).toEqual([]);
  for (const kind of ['payments', 'reversals', 'loans'] as const) expect(done[kind].length).toBeGreaterThan(CUSTOMERS);
});

test(`nobody waits for a lock longer than ${WAIT_MAX_MS} ms, of which a busy machine’s share is left out`, () => {
  expect(waits.samples).toBeGreaterThan(20);
  expect(waits.waits).toBeGreaterThan(0);
  expect(waits).toMatchObject({ longestOnTimeMs: expect.any(Number) });
  expect(waits.longestOnTimeMs).toBeLessThanOrEqual(WAIT_MAX_MS);
});

test('both services come to rest on the same books', async () => {
  expect(await aftermathOf(system, sql, done)).toEqual(nothingWrong);
}, 60_000);
