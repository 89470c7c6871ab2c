import { findClosedDays } from '../src/calendars/calendars.store.ts';
import { type BillingTest, startBillingTest } from './harness.ts';

const admin = { role: 'admin' };
const edit = (tag: string) => ({ ...admin, headers: { 'if-match': tag } });
const jakarta = {
  weekend: [7, 6],
  holidays: [{ date: '2026-12-25', name: 'Christmas' }, { date: '2026-01-01' }, { date: '2026-08-17', name: null }],
};

describe('calendars', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('calendars');
  });
  afterAll(() => billing.stop());

  test('is stored under its name, and read as it was stored', async () => {
    const { status, body, headers } = await billing.put('/v1/calendars/jakarta', jakarta, admin);
    expect([status, headers['etag'], headers['location']]).toEqual([201, '"1"', '/v1/calendars/jakarta']);
    expect(body).toEqual({
      name: 'jakarta',
      weekend: [6, 7],
      holidays: [
        { date: '2026-01-01', name: null },
        { date: '2026-08-17', name: null },
        { date: '2026-12-25', name: 'Christmas' },
      ],
      version: 1,
    });
    const read = await billing.get('/v1/calendars/jakarta');
    expect([read.headers['etag'], read.body]).toEqual(['"1"', body]);
  });

  test('is replaced whole, and not by who read an older one', async () => {
    const url = '/v1/calendars/edited';
    await billing.put(url, jakarta, admin);
    const changed = await billing.put(url, { weekend: [5], holidays: [] }, edit('"1"'));
    expect([changed.status, changed.headers['etag']]).toEqual([200, '"2"']);
    expect(changed.body).toMatchObject({ weekend: [5], holidays: [], version: 2 });
    const late = await billing.put(url, jakarta, edit('"1"'));
    expect([late.status, late.body.code]).toEqual([409, 'version_conflict']);
    expect((await billing.put(url, jakarta, edit('*'))).headers['etag']).toBe('"3"');
    expect((await billing.put(url, jakarta, admin)).headers['etag']).toBe('"4"');
    for (const tag of ['"1"', '*']) {
      const missing = await billing.put('/v1/calendars/missing', jakarta, edit(tag));
      expect([missing.status, missing.body.code]).toEqual([409, 'version_conflict']);
    }
    expect((await billing.get('/v1/calendars/missing')).body.code).toBe('not_found');
  });

  test('is changed once by several who read the same version', async () => {
    const url = '/v1/calendars/raced';
    await billing.put(url, jakarta, admin);
    const answers = await Promise.all(
      [1, 2, 3, 4].map((day) => billing.put(url, { ...jakarta, weekend: [day] }, edit('"1"'))),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await billing.get(url)).body).toEqual(winner?.body);
  });

  test('a retry with the key gets the first answer', async () => {
    const url = '/v1/calendars/retried';
    const first = await billing.put(url, jakarta, { ...admin, key: 'retry' });
    await billing.put(url, { weekend: [], holidays: [] }, admin);
    const again = await billing.put(url, jakarta, { ...admin, key: 'retry' });
    expect([again.status, again.headers['idempotency-replayed'], again.text]).toEqual([201, 'true', first.text]);
    const other = await billing.put(url, { ...jakarta, weekend: [1] }, { ...admin, key: 'retry' });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_mismatch']);
  });

  test('are listed by name, page by page', async () => {
    for (const name of ['zz-2', 'zz-1']) await billing.put(`/v1/calendars/${name}`, jakarta, admin);
    await billing.put('/v1/calendars/zz-3', { weekend: [], holidays: [] }, admin);
    const cursor = Buffer.from(JSON.stringify({ name: 'zz' })).toString('base64url');
    const first = await billing.get(`/v1/calendars?limit=2&cursor=${cursor}`);
    expect(first.body.data).toEqual([
      { name: 'zz-1', weekend: [6, 7], number_of_holidays: 3, last_holiday: '2026-12-25', version: 1 },
      { name: 'zz-2', weekend: [6, 7], number_of_holidays: 3, last_holiday: '2026-12-25', version: 1 },
    ]);
    const rest = await billing.get(`/v1/calendars?cursor=${first.body.next_cursor}`);
    expect(rest.body).toMatchObject({ data: [{ name: 'zz-3', last_holiday: null }], next_cursor: null });
  });

  test('belong to admins; officers read them', async () => {
    const { status, body } = await billing.put('/v1/calendars/jakarta', jakarta);
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect((await billing.get('/v1/calendars')).status).toBe(200);
  });

  test('change no loan that has read them', async () => {
    const url = '/v1/calendars/lasting';
    await billing.put(url, jakarta, admin);
    await billing.rows(
      `insert into products (code, version, currency, definition)
         select 'with-calendar', 1, currency, jsonb_set(jsonb_set(definition || '{"code": "with-calendar"}',
                  '{policy,autoApprove}', 'false'), '{terms}', $1::jsonb)
           from products where code = 'weekly-flat-50'`,
      [
        JSON.stringify({
          interestMethod: 'none',
          frequency: { every: 1, unit: 'month' },
          numberOfInstalments: 3,
          calendar: 'lasting',
          businessDayRule: 'following',
        }),
      ],
    );
    const customerId = await billing.customer();
    const application = { product: 'with-calendar', disbursed_on: '2026-05-17' };
    const loan = await billing.loan(customerId, application);
    await billing.put(url, { weekend: [], holidays: [] }, admin);
    const dueDates = async (id: string) =>
      (await billing.get(`/v1/loans/${id}/schedule`)).body.instalments.map(({ due_date }) => due_date);
    expect(await dueDates(loan.id)).toEqual(['2026-06-17', '2026-07-17', '2026-08-18']);
    await billing.post(`/v1/loans/${loan.id}/approve`, {});
    await billing.post(`/v1/loans/${loan.id}/disbursements`, { disbursed_on: '2026-06-01' });
    expect(await dueDates(loan.id)).toEqual(['2026-07-01', '2026-08-03', '2026-09-01']);
    expect(await billing.isProven(loan.id)).toBe(true);
    const [opened] = (await billing.get(`/v1/loans/${loan.id}/events`)).body.data;
    expect(opened?.['payload']).toMatchObject({
      closed_days: { weekend: [6, 7], holidays: ['2026-08-17', '2026-12-25'] },
    });
    const later = await billing.loan(customerId, application);
    expect(await dueDates(later.id)).toEqual(['2026-06-17', '2026-07-17', '2026-08-17']);
    await billing.rows("delete from calendars where name = 'lasting'");
    const asked = { customer_id: customerId, principal: { amount: '300', currency: 'IDR' }, ...application };
    const refused = await billing.post('/v1/loans', asked);
    expect([refused.status, refused.body.code]).toEqual([422, 'terms_invalid']);
  });

  test('give the closed days of those that exist', async () => {
    const found = await findClosedDays(billing.database, ['jakarta', 'no-such', null, 'jakarta', undefined]);
    const holidays = ['2026-01-01', '2026-08-17', '2026-12-25'];
    expect([...found]).toEqual([['jakarta', { weekend: [6, 7], holidays }]]);
    expect((await findClosedDays(billing.database, [null])).size).toBe(0);
  });
});
