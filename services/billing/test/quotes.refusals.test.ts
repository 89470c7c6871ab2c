import { type BillingTest, type Body, startBillingTest } from './harness.ts';

const monthly = { every: 1, unit: 'month' };
const terms = { interest_method: 'annuity', annual_rate_percent: '12', frequency: monthly, number_of_instalments: 12 };
const usd = (amount: string) => ({ amount, currency: 'USD' });
const good = { terms, principal: usd('1000.00') };
const given = (more: object) => ({ ...good, terms: { ...terms, ...more } });
const inParts = (most: number, ...disbursements: object[]) => ({
  ...given({ maximum_disbursements: most }),
  disbursements,
});

interface Case {
  readonly because: string;
  readonly request: object;
  readonly refused: readonly [status: number, code: string];
  /** Where in the quote request; null where the refusal is of the whole body. */
  readonly at: string;
}

const cases: readonly Case[] = [
  {
    because: 'no terms and no product',
    request: { principal: usd('1') },
    refused: [400, 'validation_failed'],
    at: '/terms',
  },
  { because: 'no principal', request: { terms }, refused: [400, 'validation_failed'], at: '/principal' },
  {
    because: 'a principal of nothing',
    request: { ...good, principal: usd('0.00') },
    refused: [400, 'validation_failed'],
    at: '/principal/amount',
  },
  {
    because: 'more decimals than the currency has',
    request: { ...good, principal: { amount: '10.5', currency: 'JPY' } },
    refused: [400, 'validation_failed'],
    at: '/principal/amount',
  },
  {
    because: 'a rate that is no number',
    request: given({ annual_rate_percent: 'ten' }),
    refused: [400, 'validation_failed'],
    at: '/terms/annual_rate_percent',
  },
  {
    because: 'a unit that is none',
    request: given({ frequency: { every: 1, unit: 'moon' } }),
    refused: [400, 'validation_failed'],
    at: '/terms/frequency/unit',
  },
  {
    because: 'no rate where the method needs one',
    request: given({ annual_rate_percent: null }),
    refused: [422, 'terms_invalid'],
    at: '/terms/annual_rate_percent',
  },
  {
    because: 'more grace than instalments',
    request: given({ principal_grace: 12 }),
    refused: [422, 'terms_invalid'],
    at: '/terms/principal_grace',
  },
  {
    because: 'fees that eat the money',
    request: given({
      fees: [{ code: 'all', charged: 'at_disbursement', amount: '1000', percent: null, treatment: 'deducted' }],
    }),
    refused: [422, 'terms_invalid'],
    at: '/terms/fees',
  },
  {
    because: 'a first due date before the money',
    request: { ...given({ first_due_date: '2026-01-01' }), disbursed_on: '2026-01-01' },
    refused: [422, 'terms_invalid'],
    at: '/terms/first_due_date',
  },
  {
    because: 'less than a minor unit for each instalment',
    request: { ...good, principal: usd('0.11') },
    refused: [422, 'principal_out_of_bounds'],
    at: '/principal',
  },
  {
    because: 'an unknown product',
    request: { product: 'no-such', principal: usd('1') },
    refused: [404, 'not_found'],
    at: '/product',
  },
  {
    because: 'a product before its first day',
    request: { product: 'this-year', principal: usd('900'), disbursed_on: '2025-12-31' },
    refused: [422, 'product_not_valid'],
    at: '/product',
  },
  {
    because: 'a product after its last day, told by the first of the parts',
    request: {
      product: 'this-year',
      principal: usd('900'),
      disbursements: [{ on: '2027-01-01', amount: '900' }],
    },
    refused: [422, 'product_not_valid'],
    at: '/product',
  },
  {
    because: 'another currency than the product',
    request: { product: 'this-year', principal: { amount: '900', currency: 'EUR' } },
    refused: [422, 'currency_mismatch'],
    at: '/principal',
  },
  {
    because: 'a term that the product fixes',
    request: { product: 'this-year', principal: usd('900'), terms: { number_of_instalments: 2 } },
    refused: [422, 'terms_not_allowed'],
    at: '/terms/number_of_instalments',
  },
  {
    because: 'a term of the product that a loan has to suit',
    request: { product: 'due-in-july', principal: usd('900'), disbursed_on: '2026-07-01' },
    refused: [422, 'terms_invalid'],
    at: '/product',
  },
  {
    because: 'a calendar of the product that is not there any more',
    request: { product: 'without-calendar', principal: usd('900') },
    refused: [422, 'terms_invalid'],
    at: '/product',
  },
  {
    because: 'a principal that its down payment leaves too little of',
    request: { ...given({ down_payment_percent: '50' }), principal: usd('0.23') },
    refused: [422, 'principal_out_of_bounds'],
    at: '/principal',
  },
  {
    because: 'an unknown calendar',
    request: given({ calendar: 'nowhere', business_day_rule: 'following' }),
    refused: [422, 'terms_invalid'],
    at: '/terms/calendar',
  },
  {
    because: 'parts that do not sum to the principal',
    request: inParts(2, { on: '2026-01-01', amount: '600.00' }, { on: '2026-03-01', amount: '300.00' }),
    refused: [400, 'validation_failed'],
    at: '/disbursements',
  },
  {
    because: 'a part with more decimals than the currency has',
    request: inParts(2, { on: '2026-01-01', amount: '600.00' }, { on: '2026-03-01', amount: '400.001' }),
    refused: [400, 'validation_failed'],
    at: '/disbursements/1/amount',
  },
  {
    because: 'a part on a day that is none',
    request: inParts(1, { on: '2026-02-30', amount: '1000.00' }),
    refused: [400, 'validation_failed'],
    at: '/disbursements/0/on',
  },
  {
    because: 'parts in another order than their days',
    request: inParts(2, { on: '2026-03-01', amount: '600.00' }, { on: '2026-01-01', amount: '400.00' }),
    refused: [422, 'terms_invalid'],
    at: '/disbursements',
  },
  {
    because: 'a part after the last instalment',
    request: inParts(2, { on: '2026-01-01', amount: '600.00' }, { on: '2027-06-01', amount: '400.00' }),
    refused: [422, 'terms_invalid'],
    at: '/disbursements',
  },
  {
    because: 'more parts than the terms allow',
    request: inParts(1, { on: '2026-01-01', amount: '600.00' }, { on: '2026-03-01', amount: '400.00' }),
    refused: [422, 'terms_invalid'],
    at: '/terms/maximum_disbursements',
  },
  {
    because: 'more parts than anybody pays out',
    request: inParts(100, ...Array.from({ length: 101 }, () => ({ on: '2026-01-01', amount: '1.00' }))),
    refused: [400, 'validation_failed'],
    at: '/disbursements',
  },
  {
    because: 'parts beside the day of the whole',
    request: { ...inParts(1, { on: '2026-01-01', amount: '1000.00' }), disbursed_on: '2026-01-01' },
    refused: [400, 'validation_failed'],
    at: '/disbursements',
  },
];

describe('a quote that cannot be made', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('refused_quotes');
    await billing.rows(
      `insert into products (code, version, currency, definition, valid_from, valid_to)
         select 'this-year', 1, currency,
                definition || '{"code": "this-year", "validFrom": "2026-01-01", "validTo": "2026-12-31"}',
                '2026-01-01', '2026-12-31'
           from products where code = 'open-30-weeks'`,
    );
    const terms = [
      ['due-in-july', { firstDueDate: '2026-07-01' }],
      ['without-calendar', { calendar: 'gone', businessDayRule: 'following' }],
    ] as const;
    for (const [code, more] of terms) {
      await billing.rows(
        `insert into products (code, version, currency, definition)
           select $1, 1, currency,
                  definition || jsonb_build_object('code', $1::text, 'terms', definition->'terms' || $2::jsonb)
             from products where code = 'open-30-weeks'`,
        [code, JSON.stringify(more)],
      );
    }
  });
  afterAll(() => billing.stop());

  const told = ({ code, errors = [] }: Body) => ({ code, at: errors.map(({ pointer }) => pointer) });

  test.each(cases)('$because: $refused', async ({ request, refused: [status, code], at }) => {
    const alone = await billing.post('/v1/quotes', request);
    expect([alone.status, told(alone.body)]).toEqual([status, { code, at: [at] }]);
    const fourth = await billing.post('/v1/quotes', { offers: [good, good, good, request] });
    expect([fourth.status, told(fourth.body)]).toEqual([status, { code, at: [`/offers/3${at}`] }]);
  });

  test.each([
    { because: 'nothing to compare', body: { offers: [] }, at: '/offers' },
    { because: '21 offers', body: { offers: Array.from({ length: 21 }, () => good) }, at: '/offers' },
    { because: 'an offer beside a quote', body: { ...good, offers: [good] }, at: '/offers' },
    { because: 'offers within an offer', body: { offers: [{ ...good, offers: [good] }] }, at: '/offers/0/offers' },
  ])('$because', async ({ body, at }) => {
    const answer = await billing.post('/v1/quotes', body);
    expect([answer.status, told(answer.body)]).toEqual([400, { code: 'validation_failed', at: [at] }]);
  });

  test('20 offers are as many as may be', async () => {
    const { status, body } = await billing.post('/v1/quotes', { offers: Array.from({ length: 20 }, () => good) });
    expect([status, (body['offers'] as unknown[]).length, body['cheapest']]).toEqual([200, 20, 0]);
  });
});
