import { type BillingTest, startBillingTest } from './harness.ts';

describe('products and quotes', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('quotes');
  });
  afterAll(() => billing.stop());

  test('the shipped products are there, by code', async () => {
    const { body } = await billing.get('/v1/products');
    expect(body.data.map(({ code }) => code)).toEqual([
      'credit-annuity',
      'imported',
      'monthly-annuity',
      'open-30-weeks',
      'scored',
      'weekly-flat-50',
    ]);
    const page = await billing.get('/v1/products?limit=4');
    const rest = await billing.get(`/v1/products?cursor=${page.body.next_cursor}`);
    expect(rest.body.data.map(({ code }) => code)).toEqual(['scored', 'weekly-flat-50']);
    const weekly = await billing.get('/v1/products/weekly-flat-50');
    expect(weekly.body).toMatchObject({
      currency: 'IDR',
      payment_policy: 'exact',
      overpayment: 'credit',
      overridable: ['first_due_date'],
      terms: { interest_method: 'flat', flat_rate_percent: '10', number_of_instalments: 50 },
    });
  });

  test('the newest version of a product counts', async () => {
    await billing.rows(
      `insert into products (code, version, currency, definition)
         select 'two-versions', v, currency, definition || jsonb_build_object('code', 'two-versions', 'version', v)
           from products, generate_series(1, 2) v where code = 'open-30-weeks'`,
    );
    expect((await billing.get('/v1/products/two-versions')).body['version']).toBe(2);
    const { body } = await billing.get('/v1/products');
    expect(body.data.filter(({ code }) => code === 'two-versions')).toHaveLength(1);
    await billing.rows("delete from products where code = 'two-versions'");
  });

  test('terms without a product give schedule, totals and APR', async () => {
    const { status, body } = await billing.post('/v1/quotes', {
      terms: {
        interest_method: 'annuity',
        annual_rate_percent: '9.4822',
        frequency: { every: 1, unit: 'month' },
        number_of_instalments: 6,
      },
      principal: { amount: '100', currency: 'USD' },
      disbursed_on: '2024-01-01',
    });
    expect(status).toBe(200);
    expect(body.instalments[0]).toEqual({
      number: 1,
      due_date: '2024-02-01',
      principal: '16.34',
      interest: '0.79',
      fee: '0.00',
      total: '17.13',
      balance_after: '83.66',
    });
    expect(body).toMatchObject({
      total_interest: '2.78',
      total: '102.78',
      currency: 'USD',
      terms: { emi_smoothing: true },
    });
  });

  test('the flat loan of 50 weeks has the APR worked out for it', async () => {
    const { body } = await billing.post('/v1/quotes', {
      product: 'weekly-flat-50',
      principal: { amount: '2000000', currency: 'IDR' },
    });
    expect(body).toMatchObject({
      apr: { reg_z: '19.78', eu: '21.83' },
      disbursed_on: '2026-06-01',
      total: '2200000.00',
    });
  });

  test('several offers are answered side by side, in the digits of their currencies', async () => {
    const terms = { interest_method: 'none', frequency: { every: 1, unit: 'month' }, number_of_instalments: 2 };
    const { body } = await billing.post('/v1/quotes', {
      offers: [
        { terms, principal: { amount: '1001', currency: 'JPY' } },
        { terms, principal: { amount: '1.001', currency: 'KWD' } },
      ],
    });
    const offers = body['offers'] as { total: string; instalments: { total: string }[] }[];
    expect(offers.map(({ total }) => total)).toEqual(['1001', '1.001']);
    expect(offers.map(({ instalments }) => instalments.map(({ total }) => total))).toEqual([
      ['500', '501'],
      ['0.500', '0.501'],
    ]);
  });

  test('stores nothing', async () => {
    const before = await billing.snapshot();
    const principal = { amount: '2000000', currency: 'IDR' };
    expect((await billing.post('/v1/quotes', { product: 'weekly-flat-50', principal })).status).toBe(200);
    expect(await billing.snapshot()).toBe(before);
  });
});
