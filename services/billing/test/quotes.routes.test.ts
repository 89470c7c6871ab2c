import { readCsv, readPdf } from '@tenor/testing';
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
      apr: { reg_z: '19.78', eu: '21.83', reason: null },
      disbursed_on: '2026-06-01',
      total: '2200000.00',
    });
  });

  test('loans of the regulations and directives have the rates worked out for them', async () => {
    const dollars = (amount: string) => ({ amount, currency: 'USD' });
    const repaid = (instalment: string, count: number, unit: string, more: object = {}) => ({
      interest_method: 'fixed_instalment',
      instalment_amount: instalment,
      number_of_instalments: count,
      frequency: { every: 1, unit },
      ...more,
    });
    const kept = [{ code: 'fee', charged: 'at_disbursement', amount: '4000', percent: null, treatment: 'deducted' }];
    const cases = [
      ['5000', '1978-01-10', repaid('230', 24, 'month'), { reg_z: '9.69' }],
      ['5000', '1978-02-23', repaid('219.17', 24, 'semi_month', { first_due_date: '1978-03-01' }), { reg_z: '10.34' }],
      ['500', '1978-03-20', repaid('17.60', 30, 'week', { first_due_date: '1978-04-21' }), { reg_z: '14.96' }],
      ['1000', '1978-01-01', repaid('1080', 1, 'day', { frequency: { every: 255, unit: 'day' } }), { reg_z: '11.45' }],
      ['200000', '2020-01-01', repaid('1432.86', 240, 'month', { fees: kept }), { eu: '6.43' }],
      ['10000', '2020-01-01', repaid('222.44', 60, 'month'), { eu: '12.68' }],
    ] as const;
    const { body } = await billing.post('/v1/quotes', {
      offers: cases.map(([principal, on, terms]) => ({ principal: dollars(principal), disbursed_on: on, terms })),
    });
    expect(body['offers']).toMatchObject(cases.map(([, , , apr]) => ({ apr })));
    expect(body['cheapest']).toBe(4);
  });

  test('several offers are answered side by side, in the digits of their currencies', async () => {
    const terms = { interest_method: 'none', frequency: { every: 1, unit: 'month' }, number_of_instalments: 2 };
    const { body } = await billing.post('/v1/quotes', {
      offers: [
        { terms, principal: { amount: '1001', currency: 'JPY' } },
        { terms, principal: { amount: '1.001', currency: 'KWD' } },
      ],
    });
    expect(body['cheapest']).toBe(0);
    const offers = body['offers'] as { total: string; instalments: { total: string }[] }[];
    expect(offers.map(({ total }) => total)).toEqual(['1001', '1.001']);
    expect(offers.map(({ instalments }) => instalments.map(({ total }) => total))).toEqual([
      ['500', '501'],
      ['0.500', '0.501'],
    ]);
  });

  test('fees, a down payment and parts of the principal count for the rates', async () => {
    const terms = {
      interest_method: 'annuity',
      annual_rate_percent: '12',
      frequency: { every: 1, unit: 'month' },
      number_of_instalments: 12,
      maximum_disbursements: 2,
      down_payment_percent: '10',
      fees: [
        { code: 'origination', charged: 'at_disbursement', amount: null, percent: '2', treatment: 'deducted' },
        { code: 'service', charged: 'per_instalment', amount: '1', percent: null, treatment: null },
      ],
    };
    const parts = [
      { on: '2026-01-01', amount: '600.00' },
      { on: '2026-03-01', amount: '400.00' },
    ];
    const principal = { amount: '1000.00', currency: 'USD' };
    const { status, body } = await billing.post('/v1/quotes', { terms, principal, disbursements: parts });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      principal: '1000.00',
      deducted_fees: '20.00',
      net_disbursed: '980.00',
      total_fees: '32.00',
      disbursements: [
        { on: '2026-01-01', amount: '600.00', paid_out: '588.00' },
        { on: '2026-03-01', amount: '400.00', paid_out: '392.00' },
      ],
    });
    expect(body.instalments).toHaveLength(13);
    expect(body.instalments[0]).toMatchObject({ due_date: '2026-01-01', principal: '60.00', fee: '0.00' });
    expect(Number(body['total_cost'])).toBeCloseTo(Number(body['total']) - 980, 2);
    expect(Number((body['apr'] as { reg_z: string }).reg_z)).toBeGreaterThan(12);
  });

  test('a calendar moves due dates', async () => {
    await billing.rows(
      `insert into calendars (name, weekend, holidays) values ('office', '{6,7}', '[{"date": "2026-02-02", "name": null}]')`,
    );
    const terms = {
      interest_method: 'none',
      frequency: { every: 1, unit: 'month' },
      number_of_instalments: 2,
      calendar: 'office',
      business_day_rule: 'following',
    };
    const request = { terms, principal: { amount: '100', currency: 'USD' }, disbursed_on: '2026-01-01' };
    const { body } = await billing.post('/v1/quotes', request);
    expect(body.instalments.map((instalment) => instalment.due_date)).toEqual(['2026-02-03', '2026-03-02']);
  });

  describe('in other formats', () => {
    const request = { product: 'weekly-flat-50', principal: { amount: '2000000', currency: 'IDR' } };
    const accept = (type: string) => ({ headers: { accept: type } });

    test('CSV reads back to what JSON says', async () => {
      const json = await billing.post('/v1/quotes', request);
      const csv = await billing.post('/v1/quotes', request, accept('text/csv'));
      expect(csv.headers).toMatchObject({ 'content-type': expect.stringContaining('text/csv') });
      const [header = [], ...rows] = readCsv(csv.text);
      const read = rows.map((row) => Object.fromEntries(header.map((name, column) => [name, row[column]])));
      expect(read).toEqual(
        json.body.instalments.map((each) => ({ ...each, number: String(each.number), currency: 'IDR' })),
      );
      expect((await billing.post('/v1/quotes?format=csv', request)).text).toBe(csv.text);
    });

    test('a product may be called like a formula, and no spreadsheet runs it', async () => {
      await billing.rows(
        `insert into products (code, version, currency, definition)
           select 'formula', 1, currency, definition || '{"code": "formula", "name": "=1+1, «Весна»"}'
             from products where code = 'open-30-weeks'`,
      );
      const offer = { product: 'formula', principal: { amount: '900', currency: 'USD' } };
      const csv = await billing.post('/v1/quotes?format=csv', { offers: [offer, offer] });
      expect(readCsv(csv.text).map((row) => row.slice(0, 4))).toEqual([
        ['offer', 'product', 'product_name', 'number'],
        ['1', 'formula', "'=1+1, «Весна»", '1'],
        ['2', 'formula', "'=1+1, «Весна»", '1'],
      ]);
      const pdf = await billing.post('/v1/quotes?format=pdf', { offers: [offer, offer] });
      expect((await readPdf(pdf.bytes))[0]).toContain('=1+1, «Весна»');
    });

    test('each row of a CSV of offers has what JSON says its offer costs', async () => {
      const offers = [request, { ...request, principal: { amount: '3000000', currency: 'IDR' } }];
      const { body } = await billing.post('/v1/quotes', { offers });
      const [header = [], ...rows] = readCsv((await billing.post('/v1/quotes?format=csv', { offers })).text);
      const costs = rows.map((row) =>
        ['offer', 'product', 'total_cost', 'offer_total', 'apr_reg_z', 'apr_eu'].map(
          (name) => row[header.indexOf(name)],
        ),
      );
      const asJson = body['offers'] as { total_cost: string; total: string; apr: { reg_z: string; eu: string } }[];
      expect(costs).toEqual(
        asJson.flatMap(({ total_cost: cost, total, apr }, index) =>
          new Array(50).fill([`${index + 1}`, 'weekly-flat-50', cost, total, apr.reg_z, apr.eu]),
        ),
      );
    });

    test('PDF says what a borrower needs', async () => {
      const pdf = await billing.post('/v1/quotes', request, accept('application/pdf'));
      expect([pdf.status, pdf.headers['content-type'], pdf.headers['content-disposition']]).toEqual([
        200,
        'application/pdf',
        'attachment; filename="quote.pdf"',
      ]);
      const text = (await readPdf(pdf.bytes)).join(' ');
      for (const part of [
        'Fifty weeks at ten per cent flat',
        'You receive IDR 2,000,000.00 on 1 June 2026',
        'You repay IDR 2,200,000.00 in 50 instalments, from 8 June 2026 to 17 May 2027',
        'Annual percentage rate 19.78 %',
        '50 17 May 2027 40,000.00 4,000.00 0.00 44,000.00 0.00',
        'Page 2 of 2',
      ]) {
        expect(text).toContain(part);
      }
    });

    test.each([{ options: accept('text/html') }, { options: {}, query: '?format=xlsx' }])(
      'what is not offered is refused: $options $query',
      async ({ options, query = '' }) => {
        const { status, body } = await billing.post(`/v1/quotes${query}`, request, options);
        expect([status, body.code]).toEqual([406, 'not_acceptable']);
        expect(body['meta']).toEqual({ offered: ['application/json', 'text/csv', 'application/pdf'] });
      },
    );

    test('OpenAPI tells of all of them', async () => {
      const { paths } = (await billing.get('/openapi.json')).body as unknown as {
        paths: Record<string, Record<string, { responses: Record<string, { content: object }> }>>;
      };
      for (const operation of [paths['/v1/quotes']?.['post'], paths['/v1/loans/{id}/schedule']?.['get']]) {
        const media = ['application/json', 'text/csv', 'application/pdf'];
        expect(Object.keys(operation?.responses['200']?.content ?? {})).toEqual(media);
        expect(Object.keys(operation?.responses['406']?.content ?? {})).toEqual(['application/problem+json']);
      }
    });

    test('a refusal is a problem whatever the format asked for', async () => {
      const { status, headers } = await billing.post('/v1/quotes?format=pdf', { ...request, product: 'none-such' });
      expect([status, headers['content-type']]).toEqual([404, expect.stringContaining('application/problem+json')]);
    });
  });

  test('stores nothing', async () => {
    const before = await billing.snapshot();
    const principal = { amount: '2000000', currency: 'IDR' };
    expect((await billing.post('/v1/quotes', { product: 'weekly-flat-50', principal })).status).toBe(200);
    expect(await billing.snapshot()).toBe(before);
  });
});
