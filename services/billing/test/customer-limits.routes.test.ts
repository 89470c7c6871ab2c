import { type BillingTest, type Body, settled, startBillingTest, TODAY } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('customer_limits');
  const { status, text } = await billing.post(
    '/v1/products',
    { ...product, code: 'waiting', auto_approve: false },
    { role: 'admin' },
  );
  if (status !== 201) throw new Error(text);
});
afterAll(() => billing.stop());

const product = {
  name: 'In three months',
  currency: 'INR',
  terms: { interest_method: 'none', frequency: { every: 1, unit: 'month' }, number_of_instalments: 3 },
};
const inr = (amount: string) => ({ amount, currency: 'INR' });
const limitOf = async (customerId: string, query = '') =>
  (await billing.get(`/v1/customers/${customerId}/limit${query}`)).body;
const change = (customerId: string, body: object) => billing.patch(`/v1/customers/${customerId}`, body);
const lent = { product: 'waiting', principal: inr('300.00') };

describe('a limit that the income decides', () => {
  test('is 36 incomes to the nearest 100,000, follows the income, and is told', async () => {
    const customerId = await billing.customer({ monthly_income: inr('12500.00'), limit_policy: 'income_36' });
    expect(await limitOf(customerId)).toMatchObject({
      limit: '500000.00',
      limit_policy: 'income_36',
      monthly_income: inr('12500.00'),
      available: '500000.00',
      currency: 'INR',
    });
    const { body } = await change(customerId, { monthly_income: inr('50000') });
    expect(body).toMatchObject({ credit_limit: inr('1800000.00'), limit_policy: 'income_36' });
    const events = await billing.published(customerId, 'customers', 3);
    expect(events.map(({ data }) => data['limit'])).toEqual([undefined, '500000.00', '1800000.00']);
  });

  test('is the same in the answer to its creation, the first time and on a replay', async () => {
    const body = {
      external_id: 'replayed',
      first_name: 'Ana',
      monthly_income: inr('12500'),
      limit_policy: 'income_36',
    };
    const answers = [
      await billing.post('/v1/customers', body, { key: 'same' }),
      await billing.post('/v1/customers', body, { key: 'same' }),
    ];
    const shown = { credit_limit: inr('500000.00'), limit_policy: 'income_36', monthly_income: inr('12500.00') };
    expect(answers.map(({ status, body: answer }) => [status, answer])).toMatchObject([
      [201, shown],
      [201, shown],
    ]);
  });

  test('ends with a limit that is set, and begins again on request', async () => {
    const customerId = await billing.customer({ monthly_income: inr('12500.00'), limit_policy: 'income_36' });
    const shown = async (body: object) => {
      const { credit_limit: limit, limit_policy: policy } = (await change(customerId, body)).body;
      return [limit, policy];
    };
    expect(await shown({ credit_limit: inr('7.00') })).toEqual([inr('7.00'), null]);
    expect(await shown({ monthly_income: inr('50000.00') })).toEqual([inr('7.00'), null]);
    expect(await shown({ limit_policy: 'income_36' })).toEqual([inr('1800000.00'), 'income_36']);
    expect(await shown({ limit_policy: null })).toEqual([inr('1800000.00'), null]);
    expect(await shown({ credit_limit: null })).toEqual([null, null]);
  });

  test.each([
    [{ limit_policy: 'income_36' }, '/monthly_income', 'required'],
    [{ limit_policy: 'income_36', monthly_income: inr('1'), credit_limit: inr('1') }, '/credit_limit', 'alone'],
    [{ limit_policy: 'income_36', monthly_income: inr('30000000000000') }, '/monthly_income', 'too_large'],
    [{ limit_policy: 'income_37', monthly_income: inr('1') }, '/limit_policy', 'enum'],
  ])('is refused as %j', async (more, pointer, code) => {
    const answer = await billing.post('/v1/customers', { external_id: 'refused', first_name: 'Ana', ...more });
    expect([answer.status, answer.body.errors[0]]).toMatchObject([400, { pointer, code }]);
  });

  test('does not lose the income that it follows from', async () => {
    const customerId = await billing.customer({ monthly_income: inr('12500.00'), limit_policy: 'income_36' });
    const answer = await change(customerId, { monthly_income: null });
    expect([answer.status, answer.body.errors[0]]).toMatchObject([400, { pointer: '/monthly_income' }]);
  });
});

describe('what of a limit is taken', () => {
  test('is what was requested and what is owed, and comes back as it is repaid or given up', async () => {
    const customerId = await billing.customer({ credit_limit: inr('1000.00') });
    const requested = await billing.loan(customerId, lent);
    await billing.loan(customerId, { product: 'waiting', principal: inr('60.00') });
    await billing.post(`/v1/loans/${requested.id}/approve`, {});
    expect(await limitOf(customerId)).toMatchObject({ pending: '360.00', active: '0.00', available: '640.00' });
    await billing.post(`/v1/loans/${requested.id}/disbursements`, {});
    await billing.apply(settled({ customerId, amount: '100.00', currency: 'INR' }));
    expect(await limitOf(customerId)).toEqual({
      customer_id: customerId,
      limit: '1000.00',
      limit_policy: null,
      monthly_income: null,
      pending: '60.00',
      active: '200.00',
      exposure: '260.00',
      available: '740.00',
      currency: 'INR',
      as_of: TODAY,
      known_at: expect.stringMatching(/Z$/),
    });
    expect(await limitOf(customerId, '?currency=USD')).toMatchObject({
      limit: null,
      available: null,
      exposure: '0.00',
    });
  });
});

describe('the balances of all customers', () => {
  const all = async (query: string): Promise<Body[]> => {
    const rows: Body[] = [];
    for (let cursor: string | null = ''; cursor !== null && rows.length < 1_000; ) {
      const { status, text, body }: { status: number; text: string; body: Body } = await billing.get(
        `/v1/customer-balances?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      if (status !== 200) throw new Error(text);
      rows.push(...body.data);
      cursor = body.next_cursor;
    }
    return rows;
  };

  test('are page by page those of each, with who it is', async () => {
    const customers = await Promise.all(
      Array.from({ length: 5 }, (_, index) => billing.customer({ external_id: `paged-${index}` })),
    );
    const [first = '', second = ''] = customers;
    await change(first, { credit_limit: inr('5000.00') });
    await billing.loan(first, lent);
    await billing.loan(second, { ...lent, product: 'monthly-annuity', ...annuity });
    await billing.apply(settled({ customerId: second, amount: '400.00', currency: 'INR' }));
    const rows = await all('limit=2&currency=INR');
    expect(new Set(rows.map((row) => row['customer_id'])).size).toBe(rows.length);
    for (const id of customers) {
      const { body } = await billing.get(`/v1/customers/${id}/balance?currency=INR`);
      const row = rows.find((each) => each['customer_id'] === id);
      expect(row).toEqual({ customer_id: id, external_id: expect.stringMatching(/^paged-/), ...body });
    }
    expect(rows.find((row) => row['customer_id'] === second)).toMatchObject({ outstanding: '0.00', credit: '100.00' });
  });
  const annuity = { terms: { annual_rate_percent: '0', number_of_instalments: 3 } };

  test('are in the currency of each where none is asked for, and empty where there is none', async () => {
    const [limited, lending, neither] = await Promise.all([
      billing.customer({ credit_limit: { amount: '1.000', currency: 'KWD' } }),
      billing.customer(),
      billing.customer(),
    ]);
    await billing.loan(lending, lent);
    const rows = new Map((await all('limit=200')).map((row) => [row['customer_id'], row]));
    expect(rows.get(limited)).toMatchObject({ currency: 'KWD', limit: '1.000', available: '1.000' });
    expect(rows.get(lending)).toMatchObject({ currency: 'INR', limit: null, exposure: '300.00' });
    expect(rows.get(neither)).toMatchObject({ currency: null, limit: null, exposure: null, outstanding: null });
  });

  test('show another day, and refuse a currency that does not exist', async () => {
    expect((await all('limit=200&currency=INR&as_of=2026-05-31')).every((row) => row['outstanding'] === '0.00')).toBe(
      true,
    );
    const { status, body } = await billing.get('/v1/customer-balances?currency=XXQ');
    expect([status, body.code]).toEqual([400, 'validation_failed']);
  });
});
