import { type BillingTest, startBillingTest } from './harness.ts';

describe('customers', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('customers');
  });
  afterAll(() => billing.stop());

  const ana = {
    external_id: 'c-1',
    first_name: 'Anastasia',
    last_name: 'Ngwenya',
    email: 'ana@example.com',
    phone: '+62811222',
    monthly_income: { amount: '12500', currency: 'IDR' },
    credit_limit: { amount: '900000.00', currency: 'IDR' },
  };

  test('is created with everything that was said, amounts in the digits of their currency', async () => {
    const { status, body, headers } = await billing.post('/v1/customers', ana, { key: 'first' });
    expect(status).toBe(201);
    expect(headers['etag']).toBe('"1"');
    expect(body).toMatchObject({ ...ana, monthly_income: { amount: '12500.00', currency: 'IDR' }, status: 'active' });
    expect((await billing.get(`/v1/customers/${body.id}`)).body).toEqual(body);
  });

  test('a retry with the key gets the first answer, also after a change', async () => {
    const request = { external_id: 'retry', first_name: 'Budi' };
    const first = await billing.post('/v1/customers', request, { key: 'retry' });
    await billing.patch(`/v1/customers/${first.body.id}`, { first_name: 'Bambang' });
    const again = await billing.post('/v1/customers', request, { key: 'retry' });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.text).toBe(first.text);
    const other = await billing.post('/v1/customers', { ...request, last_name: 'X' }, { key: 'retry' });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_mismatch']);
  });

  test('an external id is taken once', async () => {
    await billing.customer({ external_id: 'once' });
    const { status, body } = await billing.post('/v1/customers', { external_id: 'once', first_name: 'Other' });
    expect([status, body.code]).toEqual([409, 'already_exists']);
  });

  test('a change moves the version on; the old one is refused', async () => {
    const id = await billing.customer();
    const url = `/v1/customers/${id}`;
    const changed = await billing.patch(
      url,
      { last_name: 'Lee', credit_limit: { amount: '5', currency: 'IDR' } },
      { headers: { 'if-match': '"1"' } },
    );
    expect(changed.body).toMatchObject({
      first_name: 'Ana',
      last_name: 'Lee',
      credit_limit: { amount: '5.00' },
      version: 2,
    });
    expect(changed.headers['etag']).toBe('"2"');
    const late = await billing.patch(url, { last_name: 'Kim' }, { headers: { 'if-match': '"1"' } });
    expect([late.status, late.body.code]).toEqual([409, 'version_conflict']);
    const emptied = await billing.patch(url, { credit_limit: null, last_name: null, status: 'inactive' });
    expect(emptied.body).toMatchObject({ credit_limit: null, last_name: null, status: 'inactive', version: 3 });
    const nameless = await billing.patch(url, { first_name: null });
    expect([nameless.status, nameless.body.code]).toEqual([400, 'validation_failed']);
  });

  test('is found by status, external id and whole words', async () => {
    const id = await billing.customer({ external_id: 'find-me', first_name: 'Zainab', last_name: 'Quill' });
    await billing.patch(`/v1/customers/${id}`, { status: 'inactive' });
    for (const query of ['external_id=find-me', 'text=zainab', 'text=quill%20ZAINAB', 'status=inactive&text=quill']) {
      const { body } = await billing.get(`/v1/customers?${query}`);
      expect(body.data.map((found) => found.id)).toEqual([id]);
    }
    expect((await billing.get('/v1/customers?status=active&text=quill')).body.data).toEqual([]);
  });

  test('pages hold each customer once, newest first', async () => {
    const ids = [await billing.customer(), await billing.customer(), await billing.customer()];
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const { body } = await billing.get(`/v1/customers?limit=2${next === null ? '' : `&cursor=${next}`}`);
      seen.push(...body.data.map(({ id }) => id));
      next = body.next_cursor;
    } while (next !== null);
    expect(seen.slice(0, 3)).toEqual(ids.toReversed());
    expect(new Set(seen).size).toBe(seen.length);
    expect((await billing.get('/v1/customers?cursor=nonsense')).body.code).toBe('validation_failed');
  });

  test('nothing personal is stored outside its one table, and none travels', async () => {
    const id = await billing.customer({ external_id: 'secret-id', first_name: 'Persephone' });
    const tables = await billing.rows<{ name: string }>(
      `select table_name as name from information_schema.tables
        where table_schema = 'billing' and table_name <> 'customer_personal_data'`,
    );
    const stored = await billing.snapshot(tables.map(({ name }) => name));
    expect(stored).not.toMatch(/Persephone|secret-id/i);
    const events = await billing.published(id, 'customers', 1);
    expect(events).toMatchObject([{ type: 'customer.registered', subject: id, sequence: 1 }]);
    expect(JSON.stringify(events)).not.toMatch(/Persephone|secret-id/i);
  });

  test('publishes changes of status and limit, and only those', async () => {
    const id = await billing.customer({ credit_limit: { amount: '10', currency: 'IDR' } });
    await billing.patch(`/v1/customers/${id}`, { last_name: 'Quiet' });
    await billing.patch(`/v1/customers/${id}`, { status: 'inactive' });
    await billing.patch(`/v1/customers/${id}`, { credit_limit: null });
    const types = (await billing.published(id, 'customers', 4)).map(({ type }) => type);
    expect(types).toEqual([
      'customer.registered',
      'customer.limit_changed',
      'customer.changed',
      'customer.limit_changed',
    ]);
  });
});
