import { topics } from '@tenor/contracts';
import type { App } from '../src/app.ts';
import type { Consumer } from '../src/consumer.ts';
import { createDeadLetterDesk } from '../src/dead-letter-replay.ts';
import { registerDeadLetterRoutes } from '../src/dead-letters.routes.ts';
import { type NewDeadLetter, storeDeadLetters } from '../src/dead-letters.store.ts';
import { purgeOld, startHousekeeping } from '../src/housekeeping.ts';
import { newId } from '../src/ids.ts';
import { saveProgress } from '../src/inbox.store.ts';
import { statement } from '../src/statement.ts';
import { testApp } from './app-fixture.ts';
import { type Fixture, group, logger, openFixture } from './data-fixture.ts';

const prefix = '/v1/billing/dead-letters';
let fixture: Fixture;
let app: App;
let offset = 0n;

beforeAll(async () => {
  fixture = await openFixture('dead_letters');
  const { database } = fixture;
  const desk: Pick<Consumer, 'group' | 'replay' | 'discard' | 'replayReleased'> = createDeadLetterDesk({
    database,
    group,
    handle: async () => {},
  });
  ({ app } = await testApp({}, (made) => registerDeadLetterRoutes(made, { prefix, database, consumers: [desk] })));
});
afterAll(async () => {
  await app.close();
  await fixture.close();
});

async function putAside(letter: Partial<NewDeadLetter> = {}): Promise<void> {
  offset += 1n;
  const message = { topic: topics.payments, partition: 0, offset, key: 'k\u0000ey', value: Buffer.from('no json') };
  const unknown = { eventId: undefined, eventType: undefined, subject: undefined };
  const full = { message, reason: 'undecodable', detail: 'no\u0000 JSON', attempts: 0, ...unknown, ...letter } as const;
  await storeDeadLetters(fixture.database, { consumer: group, deadLetterTopic: 'dead' }, [full]);
}

const get = async (path = '') => (await app.inject({ method: 'GET', url: `${prefix}${path}` })).json();
const post = (path: string) => app.inject({ method: 'POST', url: `${prefix}${path}` });

test('dead letters are listed page by page, and by status', async () => {
  for (let count = 0; count < 3; count += 1) await putAside();
  const first = await get('?limit=2');
  const second = await get(`?limit=2&cursor=${first.next_cursor}`);
  expect(first.data).toHaveLength(2);
  expect(second).toMatchObject({ data: [{ offset: 3 }], next_cursor: null });
  expect(await get('?status=discarded')).toEqual({ data: [], next_cursor: null });
  expect(await get('?cursor=nonsense')).toMatchObject({ code: 'validation_failed' });
});

test('one is shown as it came, with what Postgres cannot hold replaced', async () => {
  await putAside({ eventId: newId() });
  const { data } = await get('?limit=200');
  const { id } = data.at(-1);
  expect(await get(`/${id}`)).toMatchObject({
    id,
    consumer: group,
    topic: topics.payments,
    key: 'k\ufffdey',
    value: Buffer.from('no json').toString('base64'),
    detail: 'no\ufffd JSON',
    status: 'dead',
    settled_at: null,
  });
});

test('a replay that fails again says why and counts the attempt', async () => {
  await putAside();
  const { data } = await get('?limit=200');
  const { id } = data.at(-1);
  const answer = await post(`/${id}/replay`);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ replayed: 0, failed: { id } });
  expect(await get(`/${id}`)).toMatchObject({ attempts: 1, status: 'dead' });
});

test('a discarded one is settled by its caller, once', async () => {
  await putAside();
  const { data } = await get('?limit=200');
  const { id } = data.at(-1);
  expect((await post(`/${id}/discard`)).json()).toMatchObject({ status: 'discarded', settled_by: 'anonymous' });
  for (const again of [await post(`/${id}/discard`), await post(`/${id}/replay`)]) {
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({ code: 'state_conflict' });
  }
});

describe('an order to put a message aside', () => {
  const place = { consumer: group, topic: topics.payments, partition: 3, offset: 7, reason: 'never ends' };
  const order = (body: object) => app.inject({ method: 'POST', url: prefix, payload: body });

  test('is taken, and given again changes only its reason', async () => {
    expect((await order(place)).statusCode).toBe(202);
    const again = await order({ ...place, reason: 'takes too long' });
    expect(again.json()).toEqual({
      ...place,
      reason: 'takes too long',
      ordered_by: 'anonymous',
      ordered_at: expect.stringMatching(/Z$/),
    });
  });

  test('is refused for a consumer that is not there, and for a message that was passed', async () => {
    expect((await order({ ...place, consumer: 'nobody' })).json()).toMatchObject({ code: 'not_found' });
    const passed = { topic: topics.payments, partition: 3, nextOffset: 8n };
    await fixture.database.transaction(async (sql) => saveProgress(sql, group, [passed]));
    expect((await order(place)).json()).toMatchObject({ status: 409, code: 'state_conflict' });
    expect((await order({ ...place, offset: 8 })).statusCode).toBe(202);
    expect((await order({ ...place, offset: -1 })).json()).toMatchObject({ code: 'validation_failed' });
  });
});

test.each(['', '/replay', '/discard'])('an unknown one is not found: %s', async (action) => {
  const url = `${prefix}/${newId()}${action}`;
  const answer = await app.inject({ method: action === '' ? 'GET' : 'POST', url });
  expect(answer.statusCode).toBe(404);
});

test('the same undecodable message is put aside once, however often it comes', async () => {
  await putAside();
  const { length } = (await get('?limit=200')).data;
  offset -= 1n;
  await putAside();
  expect((await get('?limit=200')).data).toHaveLength(length);
});

describe('housekeeping', () => {
  const fill = statement(
    'test_fill',
    `with keys as (
       insert into idempotency_keys (scope, request_hash, created_at)
       select sha256(n::text::bytea), '', now() - n * interval '1 hour' from generate_series(1, 2500) n
     )
     insert into inbox (consumer, event_id, received_at)
     select 'old', gen_random_uuid(), now() - n * interval '1 day' from generate_series(1, 20) n`,
  );
  const left = statement(
    'test_left',
    `select (select count(*) from idempotency_keys) as keys, (select count(*) from inbox where consumer = 'old') as inbox`,
  );

  test('purges keys after 48 hours and the inbox after its days, in bounded batches', async () => {
    await fixture.database.query(fill);
    expect(await purgeOld(fixture.database, { inboxDays: 14 })).toBe(2453 + 7);
    expect(await fixture.database.query(left)).toEqual([{ keys: 47n, inbox: 13n }]);
  });

  test('stops when told to', async () => {
    const housekeeping = startHousekeeping({ database: fixture.database, logger, intervalMs: 5 });
    await housekeeping.stop();
    expect(await fixture.database.query(left)).toEqual([{ keys: 47n, inbox: 13n }]);
  });
});
