import { migrateBilling } from '../src/migrate.ts';
import type { Product } from '../src/products/product.ts';
import { saveProducts } from '../src/products/products.store.ts';
import { shippedProducts } from '../src/products/shipped-products.ts';
import { type BillingTest, type RequestOptions, startBillingTest, TODAY } from './harness.ts';

const admin: RequestOptions = { role: 'admin' };
const monthly = {
  interest_method: 'annuity',
  annual_rate_percent: '12',
  frequency: { every: 1, unit: 'month' },
  number_of_instalments: 12,
};
const body = (code: string, more: object = {}) => ({
  code,
  name: 'A product',
  currency: 'USD',
  terms: monthly,
  ...more,
});
const indexed = (values: number) => ({
  ...monthly,
  annual_rate_percent: null,
  index_rate: {
    index: 'SOFR',
    margin_percent: '1',
    values: Array.from({ length: values }, (_, year) => ({ from: `${1950 + year}-01-01`, percent: '4.31' })),
  },
});
const dollars = (amount: string) => ({ amount, currency: 'USD' });

describe('making products', () => {
  let billing: BillingTest;
  let customerId: string;
  beforeAll(async () => {
    billing = await startBillingTest('products');
    customerId = await billing.customer();
  });
  afterAll(() => billing.stop());

  const make = (product: object, options: RequestOptions = {}) =>
    billing.post('/v1/products', product, { ...admin, ...options });
  const quote = (product: string, disbursed_on?: string, more: object = {}) =>
    billing.post('/v1/quotes', { product, principal: dollars('1200'), disbursed_on, ...more });
  const open = (product: string, more: object = {}) =>
    billing.post('/v1/loans', { customer_id: customerId, product, principal: dollars('1200'), ...more });
  const products = () => billing.snapshot(['products']);

  test('answers with every field and its default, who made it and when, and where it is', async () => {
    const made = await make(body('whole', { overridable: ['number_of_instalments'], valid_from: '2026-01-01' }));
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe('/v1/products/whole?version=1');
    expect(made.body).toEqual({
      code: 'whole',
      version: 1,
      name: 'A product',
      currency: 'USD',
      valid_from: '2026-01-01',
      valid_to: null,
      terms: monthly,
      overridable: ['number_of_instalments'],
      payment_policy: 'any',
      overpayment: 'credit',
      advance_payment: 'next_instalment',
      allocation_order: { components: ['penalty', 'fee', 'interest', 'principal'], vertical: false },
      settlement: { payoff: null, early_settlement_rebate: 'none', small_balance_tolerance: '0' },
      penalty: null,
      late_interest: false,
      delinquency: {
        consecutive_missed: 2,
        max_days_past_due: 91,
        tolerance: '0',
        grace_days: 0,
        buckets: [30, 60, 90],
        non_accrual_after_days: null,
        accrual_again_after_days: null,
      },
      accrual: 'cash',
      auto_approve: true,
      disburse_on_approval: false,
      time_zone: null,
      requires_score: false,
      score_source: 'internal',
      principal_bounds: null,
      tenor_bounds: null,
      rate_bounds: null,
      max_open_loans: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      created_by: expect.stringContaining('admin'),
    });
    expect((await billing.get('/v1/products/whole')).body).toEqual(made.body);
    expect((await billing.get('/v1/products/weekly-flat-50')).body['created_by']).toBeNull();
  });

  test('is for those who may, and leaves nothing behind for others', async () => {
    const before = await products();
    for (const role of ['officer', 'auditor', 'service', 'customer']) {
      expect((await make(body('forbidden'), { role })).status).toBe(403);
    }
    expect((await make(body('forbidden'), { role: null })).status).toBe(401);
    expect(await products()).toBe(before);
  });

  test('an index may have as many values as ten years of months', async () => {
    const made = await make(body('indexed', { terms: indexed(120) }));
    expect(made.body['terms']).toMatchObject(indexed(120));
  });

  test('a known code gets its next version; the one before stays as it was, and loans keep theirs', async () => {
    const first = await make(body('versions'));
    const loan = await open('versions');
    const second = await make(body('versions', { name: 'Dearer', terms: { ...monthly, annual_rate_percent: '24' } }));
    expect([first.body['version'], second.body['version']]).toEqual([1, 2]);
    expect((await billing.get('/v1/products/versions')).body).toEqual(second.body);
    expect((await billing.get('/v1/products/versions?version=1')).body).toEqual(first.body);
    expect((await billing.get('/v1/products/versions?version=3')).body).toMatchObject({
      code: 'not_found',
      detail: 'There is no version 3 of the product versions.',
    });
    const kept = await billing.get(`/v1/loans/${loan.body.id}`);
    expect(kept.body).toMatchObject({ product_version: 1, terms: { annual_rate_percent: '12' } });
    const later = await open('versions');
    expect(later.body).toMatchObject({ product_version: 2, terms: { annual_rate_percent: '24' } });
    expect(await billing.isProven(loan.body.id)).toBe(true);
  });

  test.each(["update products set currency = 'EUR'", 'delete from products', 'truncate products cascade'])(
    'the database itself refuses to %s',
    async (change) => {
      const before = await products();
      await expect(billing.rows(change)).rejects.toThrow('products is append-only');
      expect(await products()).toBe(before);
    },
  );

  test('those that ship are stored once, and take nothing from what a lender made', async () => {
    const [first] = shippedProducts;
    const made = await make({ ...body('imported'), currency: 'INR' });
    expect(made.body).toMatchObject({ version: 2, created_by: expect.stringContaining('admin') });
    const before = await products();
    await migrateBilling(billing.config);
    expect(await saveProducts(billing.database, [{ ...(first as Product), code: 'whole' }])).toBe(0);
    expect(await products()).toBe(before);
    expect((await billing.get('/v1/products/imported')).body).toEqual(made.body);
    const shipped = await billing.get('/v1/products/imported?version=1');
    expect(shipped.body).toMatchObject({ terms: { interest_method: 'fixed_instalment' }, created_by: null });
  });

  test('twenty at once for one code are twenty versions', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => make(body('crowded'))));
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
    const versions = made.map(({ body: { version } }) => version as number).toSorted((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test('a retry with its key gets the first answer and makes no version; another body is refused', async () => {
    const key = 'a-key-of-products';
    const first = await make(body('repeated'), { key });
    const again = await make(body('repeated'), { key });
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await make(body('repeated', { name: 'Other' }), { key })).body.code).toBe('idempotency_mismatch');
    expect((await billing.get('/v1/products/repeated')).body['version']).toBe(1);
  });

  test('what makes no product is refused with the term and the reason, and nothing is written', async () => {
    const before = await products();
    const refusals = [
      [{ terms: { ...monthly, annual_rate_percent: null } }, 'annual_rate_percent', 'is needed by annuity'],
      [{ terms: { ...monthly, flat_rate_percent: '10' } }, 'flat_rate_percent', 'has no meaning in annuity'],
      [{ terms: { ...monthly, principal_grace: 12 } }, 'principal_grace', 'at most 11'],
      [{ terms: { ...monthly, business_day_rule: 'following' } }, 'business_day_rule', 'without a calendar'],
      [
        { terms: { ...monthly, business_day_rule: 'following', calendar: 'nowhere' } },
        'calendar',
        'nowhere is not known',
      ],
      [{ overridable: ['balloon_amount'] }, 'overridable', 'balloon_amount, which has no meaning in annuity'],
      [{ valid_from: '2026-02-01', valid_to: '2026-01-01' }, 'valid_to', 'is before valid_from'],
      [{ tenor_bounds: { min: 1, max: 6 } }, 'number_of_instalments', 'must be from 1 to 6'],
      [{ time_zone: 'Mars/Olympus' }, 'time_zone', 'is no IANA time zone'],
      [{ delinquency: { buckets: [30, 15] } }, 'delinquency.buckets', 'must rise'],
    ] as const;
    for (const [more, term, reason] of refusals) {
      const { status, body: problem } = await make(body('nonsense', more));
      expect([status, problem.code]).toEqual([422, 'terms_invalid']);
      expect(problem['meta']).toMatchObject({ term });
      expect(problem['detail']).toContain(reason);
    }
    for (const [more, pointer] of [
      [{ colour: 'red' }, '/colour'],
      [{ terms: { ...monthly, colour: 'red' } }, '/terms/colour'],
      [{ overridable: ['colour'] }, '/overridable/0'],
      [{ currency: 'XQX' }, '/currency'],
      [{ max_open_loans: 0 }, '/max_open_loans'],
      [{ terms: { ...monthly, number_of_instalments: 601 } }, '/terms/number_of_instalments'],
      [{ terms: indexed(121) }, '/terms/index_rate/values'],
    ] as const) {
      const { status, body: problem } = await make(body('nonsense', more));
      expect([status, problem.code]).toEqual([400, 'validation_failed']);
      expect(problem.errors.map((error) => error.pointer)).toContain(pointer);
    }
    expect(await products()).toBe(before);
  });

  test('a loan or quote before or after its dates is refused', async () => {
    await make(body('dated', { valid_from: '2026-03-01', valid_to: '2026-05-31' }));
    for (const on of ['2026-02-28', TODAY, undefined]) {
      expect((await quote('dated', on)).body).toMatchObject({
        code: 'product_not_valid',
        meta: { valid_from: '2026-03-01', valid_to: '2026-05-31', on: on ?? TODAY },
      });
      expect((await open('dated', { disbursed_on: on })).body.code).toBe('product_not_valid');
    }
    for (const on of ['2026-03-01', '2026-05-31']) {
      expect((await quote('dated', on)).status).toBe(200);
      expect((await open('dated', { disbursed_on: on })).status).toBe(201);
    }
  });

  test('a version that is not valid yet leaves the one before in use until its day', async () => {
    await make(body('coming', { valid_from: '2026-01-01' }));
    await make(body('coming', { valid_from: '2026-07-01', terms: { ...monthly, annual_rate_percent: '24' } }));
    expect((await open('coming')).body).toMatchObject({ product_version: 1 });
    const rateOn = async (on: string) => (await quote('coming', on)).body['terms'];
    expect(await rateOn('2026-06-30')).toMatchObject({ annual_rate_percent: '12' });
    expect(await rateOn('2026-07-01')).toMatchObject({ annual_rate_percent: '24' });
    expect((await quote('coming', '2025-12-31')).body.code).toBe('product_not_valid');
    expect((await quote('no-such')).body.code).toBe('not_found');
  });

  test('a newer version supersedes the older ones from its day on, so that one that has ended withdraws the product', async () => {
    await make(body('withdrawn'));
    await make(body('withdrawn', { valid_from: '2026-03-01', valid_to: '2026-05-31' }));
    expect((await open('withdrawn', { disbursed_on: '2026-02-28' })).body).toMatchObject({ product_version: 1 });
    expect((await open('withdrawn', { disbursed_on: '2026-05-31' })).body).toMatchObject({ product_version: 2 });
    expect((await quote('withdrawn')).body.code).toBe('product_not_valid');
    expect((await open('withdrawn')).body.code).toBe('product_not_valid');
    await make(body('withdrawn', { valid_from: '2026-07-01' }));
    expect((await quote('withdrawn', '2026-06-30')).body.code).toBe('product_not_valid');
    expect((await quote('withdrawn', '2026-07-01')).status).toBe(200);
    await make(body('withdrawn', { valid_to: '2026-02-28' }));
    expect((await quote('withdrawn', '2026-07-01')).body.code).toBe('product_not_valid');
  });

  test('its bounds hold for principal, number of instalments and rate of each loan', async () => {
    const overridable = ['number_of_instalments', 'annual_rate_percent'];
    const bounds = {
      principal_bounds: { min: '1000', max: '5000.00' },
      tenor_bounds: { min: 6, max: 24 },
      rate_bounds: { min: '10', max: '36' },
    };
    await make(body('bounded', { overridable, ...bounds }));
    const ask = async (terms: object, amount = '1200') =>
      (await quote('bounded', undefined, { terms, principal: dollars(amount) })).body.code ?? 'accepted';
    expect(await ask({}, '999.99')).toBe('principal_out_of_bounds');
    expect(await ask({}, '5000.01')).toBe('principal_out_of_bounds');
    expect(await ask({ number_of_instalments: 25 })).toBe('terms_not_allowed');
    expect(await ask({ annual_rate_percent: '9.99' })).toBe('terms_not_allowed');
    expect(await ask({ day_count: 'act/360' })).toBe('terms_not_allowed');
    expect(await ask({ number_of_instalments: 24, annual_rate_percent: '36' }, '5000')).toBe('accepted');
  });

  test('a customer has no more of its open loans than it allows, however many ask at once', async () => {
    await make(body('few', { max_open_loans: 2, auto_approve: false }));
    const answers = await Promise.all(Array.from({ length: 6 }, () => open('few')));
    const [opened, refused] = [201, 422].map((code) => answers.filter(({ status }) => status === code));
    expect(refused?.map(({ body: { code } }) => code)).toEqual(Array.from({ length: 4 }, () => 'open_loans_exceeded'));
    expect(opened?.map(({ body: { status } }) => status)).toEqual(['pending', 'pending']);
    await billing.post(`/v1/loans/${opened?.[0]?.body.id}/cancel`, {});
    expect([(await open('few')).status, (await open('few')).status]).toEqual([201, 422]);
  });
});
