import { setTimeout as sleep } from 'node:timers/promises';
import {
  contradictions,
  drained,
  eventually,
  ledgerContradictions,
  openSql,
  readTopic,
  type SqlConnection,
  testIssuer,
} from '@tenor/testing';
import { type Client, connect } from '../../src/client.ts';
import { type FaultySystem, startFaultySystem } from './faulty-system.ts';
import { loanRequest, paymentRequest } from './load.ts';

interface Letter {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly event_type: string | null;
  readonly subject: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string;
  readonly attempts: number;
}

/** The relay backs off for some seconds while its broker is away. */
const PATIENCE = { timeoutMs: 20_000, intervalMs: 100 };

/** What the relay had read before it was spoiled fails by then, and is read again. */
const READ_AHEAD_MS = 2_000;

let system: FaultySystem;
let sql: SqlConnection;
let officer: Client;
let admin: Client;
beforeAll(async () => {
  system = await startFaultySystem('faults poison');
  sql = await openSql(system.tenant.adminUrl);
  officer = connect(system.url, system.token);
  admin = connect(system.url, await testIssuer().token('admin'));
}, 60_000);
afterAll(async () => {
  await sql?.close();
  await system?.stop();
}, 60_000);

let keys = 0;
async function post(path: string, body: object): Promise<string> {
  keys += 1;
  const answer = await officer.post<{ id: string; code?: string }>(path, body, { 'idempotency-key': `poison-${keys}` });
  expect([answer.status, answer.body.code]).toEqual([answer.status === 200 ? 200 : 201, undefined]);
  return answer.body.id;
}
const customer = (name: string) => post('/v1/customers', { external_id: name, first_name: name });
const open = (customerId: string) => post('/v1/loans', loanRequest(customerId));
const pay = (customerId: string, amount: string, loanId: string) =>
  post('/v1/payments', { ...paymentRequest(customerId, amount), allocations: [{ loan_id: loanId, amount }] });
const statusOf = async (paymentId: string) =>
  (await officer.get<{ status: string }>(`/v1/payments/${paymentId}`)).status;
const lettersOf = async (service: string) =>
  (await officer.get<{ data: Letter[] }>(`/v1/${service}/dead-letters?limit=100`)).data;

/** Spoils an event that still waits for its broker, and returns it as it was. */
async function spoil(service: string, event: { type: string; subject: string }, spoiled: (text: string) => string) {
  const values = [event.type, event.subject];
  const [row] = await sql.rows<{ payload: string }>(
    `select payload from ${service}.outbox where type = $1 and subject = $2`,
    values,
  );
  const payload = row?.payload ?? '';
  const text = spoiled(payload);
  expect(text).not.toBe(payload);
  await sql.rows(`update ${service}.outbox set payload = $3 where type = $1 and subject = $2`, [...values, text]);
  return payload;
}
const undecodable = () => 'neither JSON nor an event';
const againstSchema = (text: string) => text.replaceAll('"currency":"INR"', '"currency":"?"');

/** What a repair would do: the message as it should have been; then it and what waits behind it are replayed. */
async function repairAndReplay(service: string, { id }: Letter, payload: string): Promise<object> {
  const failed = await admin.post<{ replayed: number; failed: object }>(
    `/v1/${service}/dead-letters/${id}/replay`,
    undefined,
  );
  expect(failed.body).toMatchObject({ replayed: 0, failed: { id } });
  await sql.rows(`update ${service}.dead_letters set value = convert_to($2, 'UTF8') where id = $1`, [id, payload]);
  return (await admin.post<object>(`/v1/${service}/dead-letters/${id}/replay`, undefined)).body;
}

/** The letters that two spoiled events leave behind: one without and one with a subject, and those parked behind it. */
async function expectLetters(service: string, { parked, key }: { parked: readonly string[]; key: string }) {
  const letters = await eventually(async () => {
    const found = await lettersOf(service);
    expect(found).toHaveLength(2 + parked.length);
    return found;
  }, PATIENCE);
  const [garbled] = letters.filter(({ reason }) => reason === 'undecodable');
  const [broken] = letters.filter(({ reason }) => reason === 'schema');
  expect(garbled).toMatchObject({ status: 'dead', subject: null, event_type: null, key, attempts: 0 });
  expect(Buffer.from(garbled?.value ?? '', 'base64').toString()).toBe(undecodable());
  expect(broken).toMatchObject({ status: 'dead', attempts: 0 });
  const waiting = letters.filter(({ status }) => status === 'parked');
  expect(waiting.map(({ event_type: type, subject }) => [type, subject])).toEqual(
    parked.map((type) => [type, broken?.subject]),
  );
  if (garbled === undefined || broken === undefined) throw new Error('A letter is missing');
  return { garbled, broken };
}

/** Dead letters are published as they came, with all that is needed to find and repair them beside. */
async function expectPublished(group: string, letters: readonly Letter[]): Promise<void> {
  const { brokers, topicPrefix } = system.tenant;
  const published = await eventually(async () => {
    const found = await readTopic(brokers, `${topicPrefix}${group}.dead-letters`);
    expect(found).toHaveLength(letters.length);
    return found;
  }, PATIENCE);
  for (const { id, reason, topic, partition, offset, key } of letters) {
    const message = published.find(({ headers }) => headers['dead-letter-id'] === id);
    expect(message).toMatchObject({
      key,
      headers: { reason, topic, attempts: '0', partition: String(partition), offset: String(offset) },
    });
    expect(message?.headers['first-failed-at']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(message?.headers['last-failed-at']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  }
}

async function expectSoundBooks(): Promise<void> {
  await drained(sql, system.tenant);
  for (const text of Object.values({ ...contradictions, ...ledgerContradictions })) {
    expect(await sql.rows(text)).toEqual([]);
  }
}

test('of payments that billing cannot read, the later ones wait, neighbours are applied, and a replay runs in order', async () => {
  const [first, second] = [await customer('Ayu'), await customer('Budi')];
  const [loan, other, neighbour] = [await open(first), await open(first), await open(second)];
  await eventually(async () => {
    const rows = await sql.rows("select from payment.loan_accounts where status not in ('pending', 'approved')");
    expect(rows).toHaveLength(3);
  });
  await system.on('payment-kafka').set({ kind: 'refuse' });
  const broken = await pay(first, '100.00', loan);
  await post(`/v1/payments/${broken}/reverse`, { reason: 'paid by mistake' });
  const sound = [await pay(first, '50.00', other), await pay(second, '60.00', neighbour)];
  const garbled = await pay(second, '70.00', neighbour);
  const originals = {
    broken: await spoil('payment', { type: 'payment.settled', subject: broken }, againstSchema),
    garbled: await spoil('payment', { type: 'payment.settled', subject: garbled }, undecodable),
  };
  await sleep(READ_AHEAD_MS);
  await system.on('payment-kafka').set({ kind: 'none' });

  const letters = await expectLetters('billing', { parked: ['payment.reversed'], key: second });
  for (const id of sound) await eventually(async () => expect(await statusOf(id)).toBe('applied'));
  expect([await statusOf(broken), await statusOf(garbled)]).toEqual(['reversed', 'settled']);
  await expectPublished('billing.repayments', [letters.garbled, letters.broken]);

  expect(await repairAndReplay('billing', letters.broken, originals.broken)).toEqual({ replayed: 2, failed: null });
  expect(await repairAndReplay('billing', letters.garbled, originals.garbled)).toEqual({ replayed: 1, failed: null });
  const kinds = await sql.rows('select kind from billing.applied_payments where payment_id = $1 order by kind', [
    broken,
  ]);
  expect(kinds).toEqual([{ kind: 'payment' }, { kind: 'reversal' }]);
  await eventually(async () => expect(await statusOf(garbled)).toBe('applied'));
  await expectSoundBooks();
}, 60_000);

test('of loans that payment cannot read the same holds, and no payment is refused for them by mistake', async () => {
  const [first, second] = [await customer('Citra'), await customer('Dewi')];
  await system.on('billing-kafka').set({ kind: 'refuse' });
  const [broken, neighbour, garbled] = [await open(first), await open(first), await open(second)];
  const originals = {
    broken: await spoil('billing', { type: 'loan.opened', subject: broken }, againstSchema),
    garbled: await spoil('billing', { type: 'loan.disbursed', subject: garbled }, undecodable),
  };
  await sleep(READ_AHEAD_MS);
  await system.on('billing-kafka').set({ kind: 'none' });

  const parked = ['loan.approved', 'loan.disbursed'];
  const letters = await expectLetters('payment', { parked, key: second });
  const paid = await eventually(() => pay(first, '80.00', neighbour));
  await eventually(async () => expect(await statusOf(paid)).toBe('applied'));
  const body = { ...paymentRequest(second, '10.00'), allocations: [{ loan_id: garbled, amount: '10.00' }] };
  const refused = await officer.post<{ code: string }>('/v1/payments', body, { 'idempotency-key': 'too-early' });
  expect([refused.status, refused.body.code]).toEqual([503, 'projection_behind']);
  await expectPublished('payment.projection', [letters.garbled, letters.broken]);

  const behind = { replayed: 1 + parked.length, failed: null };
  expect(await repairAndReplay('payment', letters.broken, originals.broken)).toEqual(behind);
  expect(await repairAndReplay('payment', letters.garbled, originals.garbled)).toEqual({ replayed: 1, failed: null });
  const late = [await pay(first, '90.00', broken), await pay(second, '10.00', garbled)];
  for (const id of late) await eventually(async () => expect(await statusOf(id)).toBe('applied'));
  await expectSoundBooks();
}, 60_000);
