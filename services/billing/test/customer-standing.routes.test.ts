import { type BillingTest, settled, startBillingTest, TODAY } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('customer_standing');
  for (const product of [growing, { ...growing, code: 'plain', penalty: null }]) {
    const { status, text } = await billing.post('/v1/products', product, { role: 'admin' });
    if (status !== 201) throw new Error(text);
  }
});
afterAll(() => billing.stop());

/** 0.1 % a day after three days of grace. */
const growing = {
  code: 'growing',
  name: 'With a penalty',
  currency: 'USD',
  terms: { interest_method: 'none', frequency: { every: 1, unit: 'month' }, number_of_instalments: 3 },
  penalty: { percent_per_day: '0.1', grace_days: 3 },
};
const usd = (amount: string) => ({ amount, currency: 'USD' });

/** A customer with a loan that grows, one that does not, and a limit. */
async function borrower() {
  const customerId = await billing.customer({ credit_limit: usd('1000.00') });
  const given = { principal: usd('300.00'), disbursed_on: '2026-04-01' };
  const late = await billing.loan(customerId, { ...given, product: 'growing' });
  const plain = await billing.loan(customerId, { ...given, product: 'plain' });
  return { customerId, late: late.id, plain: plain.id };
}
const read = async (customerId: string, what: string, query = '') =>
  (await billing.get(`/v1/customers/${customerId}/${what}${query}`)).body;

describe('what a customer owes', () => {
  test('counts the penalties of this day, without an event or a job, now and as of today alike', async () => {
    const { customerId, late } = await borrower();
    expect(await billing.outstanding(late)).toBe('302.80');
    const now = await read(customerId, 'balance');
    expect(now).toMatchObject({ exposure: '600.00', available: '400.00', outstanding: '602.80' });
    expect(await read(customerId, 'balance', `?as_of=${TODAY}`)).toEqual(now);
  });

  test('is what it was on an earlier day, as far as it was known then', async () => {
    const { customerId, late } = await borrower();
    expect(await read(customerId, 'balance', '?as_of=2026-05-05')).toMatchObject({ outstanding: '600.10' });
    const { known_at: before } = await read(customerId, 'balance');
    await billing.apply(
      settled({
        customerId,
        amount: '100.00',
        currency: 'USD',
        on: '2026-05-01',
        loans: [{ loan_id: late, amount: '100.00' }],
      }),
    );
    expect(await read(customerId, 'balance')).toMatchObject({ outstanding: '500.00', exposure: '500.00' });
    expect(await read(customerId, 'balance', '?as_of=2026-04-30')).toMatchObject({ outstanding: '600.00' });
    const known = `?known_at=${encodeURIComponent(String(before))}`;
    // Nobody who is still writing can change what was known then once five seconds have passed.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    expect(await read(customerId, 'balance', known)).toMatchObject({ outstanding: '602.80', known_at: before });
    expect((await read(customerId, 'loans', known)).data).toMatchObject([{}, { outstanding: usd('302.80') }]);
    expect(await read(customerId, 'delinquency', known)).toMatchObject({ arrears: [usd('202.80')] });
  });

  test('is in the lists of loans and in the arrears too', async () => {
    const { customerId, late, plain } = await borrower();
    expect((await read(customerId, 'loans')).data).toMatchObject([
      { id: plain, outstanding: usd('300.00') },
      { id: late, outstanding: usd('302.80') },
    ]);
    expect(await read(customerId, 'delinquency')).toMatchObject({ arrears: [usd('202.80')], days_past_due: 31 });
    expect(await read(customerId, 'delinquency', '?as_of=2026-05-05')).toMatchObject({ arrears: [usd('200.10')] });
  });
});

test('a payment dated tomorrow, where its product lends, counts from tomorrow, in every read alike', async () => {
  const west = { ...growing, code: 'far-west', penalty: null, time_zone: 'Pacific/Pago_Pago' };
  expect((await billing.post('/v1/products', west, { role: 'admin' })).status).toBe(201);
  const customerId = await billing.customer();
  const given = { principal: usd('300.00'), disbursed_on: '2026-04-01' };
  const { id } = await billing.loan(customerId, { ...given, product: west.code });
  const loans = [{ loan_id: id, amount: '100.00' }];
  await billing.apply(settled({ customerId, amount: '100.00', currency: 'USD', on: TODAY, loans }));
  const at = async (path: string) => (await billing.get(`/v1/loans/${id}${path}`)).body;
  const yesterday = '2026-05-31';
  expect(await at('/outstanding')).toMatchObject({ as_of: yesterday, total: '300.00' });
  for (const path of ['', '/outstanding', '/delinquency', '/schedule', '/payoff-quote'])
    expect(await at(path)).toEqual(await at(`${path}?as_of=${yesterday}`));
  expect(await at(`/outstanding?as_of=${TODAY}`)).toMatchObject({ total: '200.00' });
});
