import { newId } from '@tenor/service-kit';
import { openSql } from '@tenor/testing';
import { type BillingTest, settled, startBillingTest } from './harness.ts';

interface Entry {
  id: string;
  recorded_at: string;
  caller: string;
  roles: string[] | null;
  address: string | null;
  request_id: string | null;
  entity: string;
  entity_id: string;
  action: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

let billing: BillingTest;
let customerId: string;
beforeAll(async () => {
  billing = await startBillingTest('audit');
  customerId = await billing.customer({ email: 'ana@example.org', phone: '+62 812 000' });
});
afterAll(() => billing.stop());

const admin = { role: 'admin' };
async function entries(query: string): Promise<Entry[]> {
  const { status, text, body } = await billing.get(`/v1/audit?${query}`, { role: 'auditor' });
  if (status !== 200) throw new Error(text);
  return body.data as unknown as Entry[];
}
const newest = async (query: string) => (await entries(`${query}&limit=1`))[0];

describe('the log of data changes', () => {
  test('says who, when, from where and what, before and after; only what differs', async () => {
    const headers = { 'x-request-id': 'limit-raised' };
    const began = new Date().toISOString();
    const limit = { amount: '5.00', currency: 'EUR' };
    await billing.patch(`/v1/customers/${customerId}`, { credit_limit: limit, status: 'inactive' }, { headers });
    const entry = await newest(`entity=customer&id=${customerId}`);
    expect(entry).toEqual({
      id: expect.any(String),
      recorded_at: expect.any(String),
      caller: 'officer',
      roles: ['officer'],
      address: '127.0.0.1',
      request_id: 'limit-raised',
      entity: 'customer',
      entity_id: customerId,
      action: 'changed',
      before: { status: 'active', credit_limit: null },
      after: { status: 'inactive', credit_limit: limit },
    });
    expect(Math.abs(Date.parse(entry?.recorded_at ?? '') - Date.parse(began))).toBeLessThan(60_000);
  });

  test('has personal fields by name, as hashes that nobody can guess or compare between customers', async () => {
    await billing.patch(`/v1/customers/${customerId}`, { email: 'ann@example.org' });
    const [changed, ...earlier] = await entries(`id=${customerId}`);
    const hashed = { email: expect.stringMatching(/^hmac:[0-9a-f]{64}$/) };
    expect(changed).toMatchObject({ before: hashed, after: hashed });
    expect(Object.keys(changed?.after ?? {})).toEqual(['email']);
    expect(changed?.before?.['email']).not.toBe(changed?.after?.['email']);
    const registered = earlier.at(-1);
    expect(registered).toMatchObject({ action: 'registered', before: null, after: { status: 'active', ...hashed } });
    expect(registered?.after?.['email']).toBe(changed?.before?.['email']);
    const twin = await newest(`id=${await billing.customer({ email: 'ana@example.org' })}`);
    expect(twin?.after?.['email']).not.toBe(registered?.after?.['email']);
    const kept = await billing.rows('select a::text from audit_log a');
    expect(JSON.stringify(kept)).not.toMatch(/example\.org|Ana|812 000/);
  });

  test('has no entry of what was refused, changed nothing, or was a repetition', async () => {
    const before = await entries('');
    const path = `/v1/customers/${customerId}`;
    expect((await billing.patch(path, { status: 'active' }, { headers: { 'if-match': '"99"' } })).status).toBe(409);
    expect((await billing.patch(path, { status: 'inactive' })).status).toBe(200);
    expect(await entries('')).toEqual(before);
    const once = { key: 'back-again' };
    await billing.patch(path, { status: 'active' }, once);
    await billing.patch(path, { status: 'active' }, once);
    expect(await entries('')).toHaveLength(before.length + 1);
  });

  test('tells calendars, products, months, days, webhooks and jobs', async () => {
    const calendar = { weekend: [6, 7], holidays: [{ date: '2026-08-17' }] };
    await billing.put('/v1/calendars/id', calendar, admin);
    await billing.put('/v1/calendars/id', { ...calendar, holidays: [] }, admin);
    expect(await newest('entity=calendar&id=id')).toMatchObject({
      action: 'changed',
      before: { version: 1, holidays: [{ date: '2026-08-17' }] },
      after: { version: 2, holidays: [] },
    });
    const { body: product } = await billing.get('/v1/products/weekly-flat-50');
    const { version: _, created_at: _at, created_by: _by, ...next } = product as Record<string, unknown>;
    expect((await billing.post('/v1/products', { ...next, name: 'Weekly' }, admin)).status).toBe(201);
    expect(await newest('entity=product')).toMatchObject({
      before: { version: 1 },
      after: { version: 2, name: 'Weekly' },
    });
    await billing.post('/v1/periods/2026-01/close', undefined, admin);
    await billing.post('/v1/end-of-day', {}, admin);
    const { id } = (await billing.post('/v1/webhooks', { url: 'https://example.org/hook' }, admin)).body;
    await billing.patch(`/v1/webhooks/${id}`, { status: 'disabled' }, admin);
    await billing.post(`/v1/webhooks/${id}/rotate-secret`, undefined, admin);
    await billing.request('DELETE', `/v1/webhooks/${id}`, undefined, admin);
    await billing.post('/v1/customers/bulk', [{ external_id: 'bulk-1', first_name: 'Budi' }]);
    const done = (await entries('')).map(({ entity, action }) => `${entity} ${action}`);
    const told = [
      'period closed',
      'end_of_day started',
      'webhook created',
      'webhook changed',
      'webhook secret_rotated',
    ];
    expect(done).toEqual(expect.arrayContaining([...told, 'webhook removed', 'file_job submitted']));
    expect(JSON.stringify(await entries(`id=${id}`))).not.toContain('whsec_');
  });

  test('tells users without their names, and of a password only that it changed', async () => {
    const password = 'seven copper rivers 42';
    const made = { username: 'siti.audit', password, email: 'siti@example.org', roles: ['officer'] };
    const { id } = (await billing.post('/v1/users', made, admin)).body;
    await billing.patch(`/v1/users/${id}`, { roles: ['auditor'], password: `${password} more` }, admin);
    const told = await entries(`entity=user&id=${id}`);
    expect(told.map(({ action }) => action).sort()).toEqual(['changed', 'created', 'password_changed']);
    const changed = told.find(({ action }) => action === 'changed');
    expect(changed).toMatchObject({ before: { roles: ['officer'] }, after: { roles: ['auditor'] } });
    expect(Object.keys(changed?.after ?? {})).toEqual(['roles']);
    expect(JSON.stringify(told)).not.toMatch(/siti|argon2|copper/);
  });

  test('shows the journal of loans in the same list, with the request that opened one', async () => {
    const id = await billing.customer();
    const headers = { 'x-request-id': 'opening' };
    const terms = { customer_id: id, product: 'weekly-flat-50', principal: { amount: '2000000.00', currency: 'IDR' } };
    const { body: loan } = await billing.post('/v1/loans', terms, { headers });
    await billing.apply(settled({ customerId: id, amount: '44000.00' }));
    const [repaid, ...before] = await entries(`entity=loan&id=${loan.id}`);
    expect(repaid).toMatchObject({ action: 'repaid', caller: 'test', roles: null, address: null, request_id: null });
    const asked = { roles: ['officer'], address: '127.0.0.1', request_id: 'opening' };
    expect(before.at(-1)).toMatchObject({ action: 'opened', entity_id: loan.id, caller: 'officer', ...asked });
    expect((await entries('limit=200')).map((entry) => entry.id)).toContain(repaid?.id);
    const copies = await billing.rows(`select from audit_log where entity = 'loan'`);
    expect(copies).toEqual([]);
  });
});

describe('GET /v1/audit', () => {
  test('goes through pages, newest first, each entry once', async () => {
    const all = await entries('limit=200');
    const ids = all.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort().reverse());
    const paged: Entry[] = [];
    let cursor = '';
    for (let pages = 0; pages < 50 && cursor !== 'none'; pages += 1) {
      const { body } = await billing.get(`/v1/audit?limit=7${cursor}`, admin);
      paged.push(...(body.data as unknown as Entry[]));
      cursor = body.next_cursor === null ? 'none' : `&cursor=${body.next_cursor}`;
    }
    expect(paged).toEqual(all);
  });

  test('filters by entity, id, caller and time', async () => {
    const all = await entries('limit=200');
    const of = (keep: (entry: Entry) => boolean) => all.filter(keep).map(({ id }) => id);
    const idsOf = async (query: string) => (await entries(`limit=200&${query}`)).map(({ id }) => id);
    const middle = all[Math.floor(all.length / 2)]?.recorded_at ?? '';
    expect(await idsOf('entity=loan')).toEqual(of(({ entity }) => entity === 'loan'));
    expect(await idsOf('entity=calendar&id=id')).toEqual(of(({ entity_id: id }) => id === 'id'));
    expect(await idsOf('caller=admin')).toEqual(of(({ caller }) => caller === 'admin'));
    expect(await idsOf(`from=${middle}`)).toEqual(of(({ recorded_at: at }) => at >= middle));
    expect(await idsOf(`to=${middle}&caller=officer`)).toEqual(
      of(({ recorded_at: at, caller }) => at <= middle && caller === 'officer'),
    );
    expect(await idsOf(`id=${newId()}`)).toEqual([]);
  });

  test.each([
    { query: 'limit=0', role: 'auditor', status: 400 },
    { query: 'cursor=x', role: 'auditor', status: 400 },
    { query: 'from=yesterday', role: 'auditor', status: 400 },
    { query: 'who=me', role: 'auditor', status: 400 },
    { query: '', role: 'officer', status: 403 },
    { query: '', role: 'customer', status: 403 },
    { query: '', role: null, status: 401 },
  ])('refuses ?$query of $role with $status', async ({ query, role, status }) =>
    expect((await billing.get(`/v1/audit?${query}`, { role })).status).toBe(status),
  );
});

test('neither the role of the service nor an administrator changes or cuts the log, nor whom the journal names', async () => {
  const own = await openSql(billing.tenant.billingUrl);
  const above = await openSql(billing.tenant.adminUrl);
  const statements = ['update T set caller = $$me$$', 'delete from T', 'truncate T'];
  const before = await entries('limit=200');
  try {
    for (const text of statements) {
      const onLog = text.replace('T', 'billing.audit_log');
      await expect(own.rows(onLog)).rejects.toMatchObject({ code: '42501' });
      await expect(above.rows(onLog)).rejects.toMatchObject({ code: '23000' });
      const onJournal = text.replace('T', 'billing.loan_events').replace('caller', 'actor');
      await expect(own.rows(onJournal)).rejects.toMatchObject({ code: '23000' });
    }
  } finally {
    await own.close();
    await above.close();
  }
  expect(await entries('limit=200')).toEqual(before);
});
