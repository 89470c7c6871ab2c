import { randomUUID } from 'node:crypto';
import { newId } from '@tenor/service-kit';
import { type BillingTest, type Body, type RequestOptions, startBillingTest } from './harness.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';
interface Case {
  readonly because: string;
  readonly code: string;
  readonly status: number;
  readonly method: Method;
  /** `:customer`, `:loan` and `:unknown` stand for ids. */
  readonly url: string;
  readonly body?: unknown;
  readonly options?: RequestOptions;
}

const idr = (amount: unknown) => ({ amount, currency: 'IDR' });
const customer = { external_id: 'bad-input', first_name: 'Ana' };
const loan = { customer_id: ':customer', product: 'weekly-flat-50', principal: idr('2000000.00') };
const terms = { interest_method: 'none', frequency: { every: 1, unit: 'month' }, number_of_instalments: 2 };
const calendar = { weekend: [6, 7], holidays: [{ date: '2026-12-25', name: 'Christmas' }] };
const quote = { terms, principal: { amount: '100.00', currency: 'USD' } };

const without = (body: object, field: string) =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));

/** What is wrong with every body alike. */
function faultsOf(method: Method, url: string, body: object): Case[] {
  const request = { method, url };
  const invalid = { ...request, status: 400, code: 'validation_failed' };
  const json = { 'content-type': 'application/json' };
  return [
    { ...invalid, because: 'an unknown field', body: { ...body, surprise: 1 } },
    { ...invalid, because: 'a list instead of an object', body: [body] },
    {
      ...request,
      status: 400,
      code: 'malformed_json',
      because: 'malformed JSON',
      body: '{"a":',
      options: { headers: json },
    },
    { ...request, status: 400, code: 'malformed_json', because: 'an empty body', body: '', options: { headers: json } },
    {
      ...request,
      status: 415,
      code: 'unsupported_media_type',
      because: 'another content type',
      body: '<loan/>',
      options: { headers: { 'content-type': 'application/xml' } },
    },
    {
      ...request,
      status: 413,
      code: 'body_too_large',
      because: 'a body of 1 MB',
      body: { ...body, pad: 'x'.repeat(2 ** 20) },
    },
    { ...request, status: 401, code: 'unauthenticated', because: 'no token', body, options: { role: null } },
    {
      ...request,
      status: 401,
      code: 'unauthenticated',
      because: 'a forged token',
      body,
      options: { role: null, headers: { authorization: 'Bearer a.b.c' } },
    },
    { ...request, status: 403, code: 'forbidden', because: 'a role that may not', body, options: { role: 'guest' } },
  ];
}

/** Every way in which an amount can be wrong, put where `place` says. */
function amountFaults(method: Method, url: string, place: (money: unknown) => object, zero = true): Case[] {
  const amounts = ['-1.00', '1.001', '1e3', '1,000.00', ' 1', '', '9999999999999999.00', 12, null, true];
  return [...amounts, ...(zero ? ['0.00'] : [])]
    .map((amount) => ({ because: `the amount ${JSON.stringify(amount)}`, body: place(idr(amount)) }))
    .concat([
      { because: 'an unknown currency', body: place({ amount: '1.00', currency: 'XXQ' }) },
      { because: 'a currency in lower case', body: place({ amount: '1.00', currency: 'idr' }) },
      { because: 'an amount without currency', body: place({ amount: '1.00' }) },
      { because: 'a bare amount', body: place('1.00') },
      { because: 'a yen with decimals', body: place({ amount: '1.50', currency: 'JPY' }) },
    ])
    .map((wrong) => ({ ...wrong, method, url, status: 400, code: 'validation_failed' }));
}

const invalidCustomer = (because: string, more: object): Case => ({
  because,
  method: 'POST',
  url: '/v1/customers',
  body: { ...customer, ...more },
  status: 400,
  code: 'validation_failed',
});
const refusedLoan = (because: string, more: object, status: number, code: string): Case => ({
  because,
  method: 'POST',
  url: '/v1/loans',
  body: { ...loan, ...more },
  status,
  code,
});
const refusedQuote = (because: string, body: unknown, status = 400, code = 'validation_failed'): Case => ({
  because,
  method: 'POST',
  url: '/v1/quotes',
  body,
  status,
  code,
});
const refusedCalendar = (because: string, more: object, name = 'jakarta'): Case => ({
  because,
  method: 'PUT',
  url: `/v1/calendars/${name}`,
  body: { ...calendar, ...more },
  options: { role: 'admin' },
  status: 400,
  code: 'validation_failed',
});
const getting = (url: string, status: number, code: string, because: string, options?: RequestOptions): Case => ({
  because,
  method: 'GET',
  url,
  status,
  code,
  ...(options && { options }),
});

const bodies: Case[] = [
  ...faultsOf('POST', '/v1/customers', customer),
  ...amountFaults('POST', '/v1/customers', (money) => ({ ...customer, credit_limit: money }), false),
  ...amountFaults('POST', '/v1/customers', (money) => ({ ...customer, monthly_income: money }), false),
  { ...invalidCustomer('no external id', {}), body: without(customer, 'external_id') },
  { ...invalidCustomer('no name', {}), body: without(customer, 'first_name') },
  invalidCustomer('an empty external id', { external_id: '' }),
  invalidCustomer('a long external id', { external_id: 'x'.repeat(129) }),
  invalidCustomer('a NUL in a name', { first_name: 'A\u0000' }),
  invalidCustomer('a line break in a name', { first_name: 'A\nB' }),
  invalidCustomer('half a surrogate pair', { first_name: 'A\ud800' }),
  invalidCustomer('a number as a name', { first_name: 7 }),
  invalidCustomer('an email without @', { email: 'ana' }),
  invalidCustomer('a phone of letters', { phone: 'call me' }),
  ...faultsOf('PATCH', '/v1/customers/:customer', { last_name: 'Lee' }),
  ...amountFaults('PATCH', '/v1/customers/:customer', (money) => ({ credit_limit: money }), false).filter(
    ({ because }) => because !== 'the amount null',
  ),
  {
    method: 'PATCH',
    url: '/v1/customers/:customer',
    body: {},
    status: 400,
    code: 'validation_failed',
    because: 'no change',
  },
  {
    method: 'PATCH',
    url: '/v1/customers/:customer',
    body: { status: 'asleep' },
    status: 400,
    code: 'validation_failed',
    because: 'an unknown status',
  },
  {
    method: 'PATCH',
    url: '/v1/customers/:customer',
    body: { last_name: 'Lee' },
    options: { headers: { 'if-match': 'latest' } },
    status: 400,
    code: 'validation_failed',
    because: 'an If-Match that is no ETag',
  },
  {
    method: 'PATCH',
    url: '/v1/customers/:unknown',
    body: { last_name: 'Lee' },
    status: 404,
    code: 'not_found',
    because: 'an unknown id',
  },
  ...faultsOf('POST', '/v1/loans', loan),
  ...amountFaults('POST', '/v1/loans', (money) => ({ ...loan, principal: money })),
  ...Object.keys(loan).map((field) => ({
    ...refusedLoan(`no ${field}`, {}, 400, 'validation_failed'),
    body: without(loan, field),
  })),
  refusedLoan('a customer id that is none', { customer_id: '7' }, 400, 'validation_failed'),
  refusedLoan('an unknown customer', { customer_id: ':unknown' }, 404, 'not_found'),
  refusedLoan('the id of a loan as customer', { customer_id: ':loan' }, 404, 'not_found'),
  refusedLoan('an unknown product', { product: 'no-such' }, 404, 'not_found'),
  refusedLoan(
    'another currency than the product',
    { principal: { amount: '5.00', currency: 'USD' } },
    422,
    'currency_mismatch',
  ),
  refusedLoan('less than a minor unit an instalment', { principal: idr('0.49') }, 422, 'principal_out_of_bounds'),
  refusedLoan('30 February', { disbursed_on: '2026-02-30' }, 400, 'validation_failed'),
  refusedLoan('a date with time', { disbursed_on: '2026-02-01T00:00:00Z' }, 400, 'validation_failed'),
  refusedLoan('a day in the future', { disbursed_on: '2026-06-02' }, 422, 'value_date_in_future'),
  refusedLoan('a term that the product fixes', { terms: { number_of_instalments: 3 } }, 422, 'terms_not_allowed'),
  refusedLoan('a disbursement before all books', { disbursed_on: '0001-01-01' }, 400, 'validation_failed'),
  refusedLoan('a first due date centuries away', { terms: { first_due_date: '9000-01-01' } }, 400, 'validation_failed'),
  refusedLoan(
    'a principal at the limit, with interest above it',
    { principal: { amount: '999999999999999', currency: 'IDR' } },
    422,
    'principal_out_of_bounds',
  ),
  refusedLoan('a first due date before the money', { terms: { first_due_date: '2026-05-01' } }, 422, 'terms_invalid'),
  refusedLoan('an unknown term', { terms: { colour: 'red' } }, 400, 'validation_failed'),
  refusedLoan(
    'no rate',
    { product: 'monthly-annuity', principal: { amount: '10', currency: 'INR' } },
    422,
    'terms_invalid',
  ),
  refusedLoan(
    'interest beyond all books',
    {
      product: 'monthly-annuity',
      principal: { amount: '999999999999999.00', currency: 'INR' },
      terms: { annual_rate_percent: '9999', number_of_instalments: 600 },
    },
    422,
    'principal_out_of_bounds',
  ),
  ...['approve', 'reject', 'cancel', 'disbursements'].flatMap((step): Case[] => [
    // Each of their fields may be left out, and so may the body.
    ...faultsOf('POST', `/v1/loans/:loan/${step}`, {}).filter(({ because }) => because !== 'an empty body'),
    {
      method: 'POST',
      url: `/v1/loans/:unknown/${step}`,
      body: {},
      status: 404,
      code: 'not_found',
      because: 'an unknown loan',
    },
    {
      method: 'POST',
      url: `/v1/loans/7/${step}`,
      body: {},
      status: 400,
      code: 'validation_failed',
      because: 'an id that is none',
    },
    {
      method: 'POST',
      url: `/v1/loans/:loan/${step}`,
      body: {},
      status: 409,
      code: 'state_conflict',
      because: 'an active loan',
    },
    {
      method: 'POST',
      url: `/v1/loans/:loan/${step}`,
      body: '',
      status: 409,
      code: 'state_conflict',
      because: 'an active loan, without a body',
      options: { headers: { 'content-type': 'application/json' } },
    },
  ]),
  ...faultsOf('PUT', '/v1/calendars/jakarta', calendar).map(({ options, ...fault }) => ({
    ...fault,
    options: { role: 'admin', ...options },
  })),
  ...Object.keys(calendar).map((field) => ({ ...refusedCalendar(`no ${field}`, {}), body: without(calendar, field) })),
  refusedCalendar('a name that is none', {}, 'New%20York'),
  refusedCalendar('a name that is too long', {}, 'x'.repeat(64)),
  refusedCalendar('a weekend of every day', { weekend: [1, 2, 3, 4, 5, 6, 7] }),
  refusedCalendar('a weekday that is none', { weekend: [0] }),
  refusedCalendar('a weekday by name', { weekend: ['saturday'] }),
  refusedCalendar('a weekday twice', { weekend: [6, 6] }),
  refusedCalendar('a date alone', { holidays: ['2026-12-25'] }),
  refusedCalendar('30 February', { holidays: [{ date: '2026-02-30' }] }),
  refusedCalendar('a day of another century', { holidays: [{ date: '1825-12-25' }] }),
  refusedCalendar('a date twice', { holidays: [{ date: '2026-12-25' }, { date: '2026-12-25', name: 'again' }] }),
  refusedCalendar('a field of a holiday that is none', { holidays: [{ date: '2026-12-25', until: '2026-12-26' }] }),
  refusedCalendar('an empty name of a holiday', { holidays: [{ date: '2026-12-25', name: '' }] }),
  refusedCalendar('more holidays than a calendar holds', {
    holidays: Array.from({ length: 1001 }, (_, index) => ({ date: `20${10 + (index % 80)}-01-01` })),
  }),
  {
    ...refusedCalendar('an If-Match that is no ETag', {}),
    options: { role: 'admin', headers: { 'if-match': 'latest' } },
  },
  {
    ...refusedCalendar('an edit of what does not exist', {}),
    options: { role: 'admin', headers: { 'if-match': '"1"' } },
    status: 409,
    code: 'version_conflict',
  },
  ...faultsOf('POST', '/v1/eligibility', loan),
  ...amountFaults('POST', '/v1/eligibility', (principal) => ({ ...loan, principal })),
  ...faultsOf('POST', '/v1/quotes', quote),
  ...amountFaults('POST', '/v1/quotes', (money) => ({ ...quote, principal: money })),
  refusedQuote('no principal', without(quote, 'principal')),
  refusedQuote('neither product nor terms', without(quote, 'terms')),
  refusedQuote('no offers', { offers: [] }),
  refusedQuote('offers beside a quote', { ...quote, offers: [quote] }),
  refusedQuote('an unknown product', { ...quote, product: 'no-such' }, 404, 'not_found'),
  refusedQuote('an unknown method', { ...quote, terms: { ...terms, interest_method: 'magic' } }),
  refusedQuote('a negative rate', { ...quote, terms: { ...terms, annual_rate_percent: '-1' } }),
  refusedQuote(
    'a rate that is not needed',
    { ...quote, terms: { ...terms, annual_rate_percent: '1' } },
    422,
    'terms_invalid',
  ),
  refusedQuote('no instalments', { ...quote, terms: { ...terms, number_of_instalments: 0 } }),
  refusedQuote('half an instalment', { ...quote, terms: { ...terms, number_of_instalments: 1.5 } }),
  refusedQuote(
    'interest beyond all books',
    {
      principal: { amount: '999999999999999.00', currency: 'USD' },
      terms: { ...terms, interest_method: 'annuity', annual_rate_percent: '9999', number_of_instalments: 600 },
    },
    422,
    'principal_out_of_bounds',
  ),
  refusedQuote('a missing method', { ...quote, terms: without(terms, 'interest_method') }, 422, 'terms_invalid'),
  refusedQuote('30 February', { ...quote, disbursed_on: '2026-02-30' }),
];

const atRoutes = ['', '/schedule', '/outstanding', '/delinquency', '/events'].map((path) => `/v1/loans/:loan${path}`);
const customerRoutes = ['balance', 'limit', 'loans', 'delinquency'].map((path) => `/v1/customers/:customer/${path}`);
const lists = [
  '/v1/customers',
  '/v1/customer-balances',
  '/v1/calendars',
  '/v1/loans',
  '/v1/products',
  '/v1/customers/:customer/loans',
  '/v1/loans/:loan/events',
];
const reads: Case[] = [
  ...[...atRoutes, ...customerRoutes, '/v1/loans'].flatMap((url) => [
    getting(`${url}?as_of=2026-02-30`, 400, 'validation_failed', '30 February'),
    getting(`${url}?known_at=yesterday`, 400, 'validation_failed', 'an instant that is none'),
    getting(`${url}?known_at=2026-01-01T00:00:00%2B02:00`, 400, 'validation_failed', 'an instant not in UTC'),
    getting(`${url}?surprise=1`, 400, 'validation_failed', 'an unknown parameter'),
  ]),
  ...[...atRoutes, '/v1/loans/:loan/proof', ...customerRoutes, '/v1/customers/:customer', ...lists].flatMap((url) => [
    getting(url, 401, 'unauthenticated', 'no token', { role: null }),
    getting(url, 403, 'forbidden', 'a role that may not', { role: 'guest' }),
  ]),
  ...[...atRoutes, '/v1/loans/:loan/proof'].flatMap((url) => [
    getting(url.replace(':loan', ':unknown'), 404, 'not_found', 'an unknown loan'),
    getting(url.replace(':loan', ':customer'), 404, 'not_found', 'the id of a customer'),
    getting(url.replace(':loan', '7'), 400, 'validation_failed', 'an id that is none'),
  ]),
  ...[...customerRoutes, '/v1/customers/:customer'].flatMap((url) => [
    getting(url.replace(':customer', ':unknown'), 404, 'not_found', 'an unknown customer'),
    getting(url.replace(':customer', 'x'), 400, 'validation_failed', 'an id that is none'),
  ]),
  ...lists.flatMap((url) => [
    getting(`${url}?limit=0`, 400, 'validation_failed', 'a page of nothing'),
    getting(`${url}?limit=201`, 400, 'validation_failed', 'too long a page'),
    getting(`${url}?limit=ten`, 400, 'validation_failed', 'a limit that is no number'),
    getting(`${url}?cursor=bm9uc2Vuc2U`, 400, 'validation_failed', 'a cursor that is not ours'),
  ]),
  getting('/v1/customers/:customer/balance?currency=XXQ', 400, 'validation_failed', 'an unknown currency'),
  getting('/v1/calendars/no-such', 404, 'not_found', 'an unknown calendar'),
  getting('/v1/calendars/NO%20SUCH', 400, 'validation_failed', 'a name that is none'),
  getting('/v1/products/no-such', 404, 'not_found', 'an unknown product'),
  getting('/v1/products/NO%20SUCH', 400, 'validation_failed', 'a code that is none'),
  getting('/v1/loans?status=lost', 400, 'validation_failed', 'an unknown status'),
  getting('/v1/nothing-here', 404, 'not_found', 'an unknown path'),
  {
    ...getting('/v1/loans', 405, 'method_not_allowed', 'a method that the path does not take'),
    method: 'PATCH',
    body: {},
  },
];

describe('bad input', () => {
  let billing: BillingTest;
  let ids: Readonly<Record<string, string>>;
  let before: string;
  beforeAll(async () => {
    billing = await startBillingTest('bad_input');
    const customerId = await billing.customer();
    const opened: Body = await billing.loan(customerId);
    ids = { customer: customerId, loan: opened.id, unknown: newId() };
    before = await billing.snapshot();
  });
  afterAll(() => billing.stop());

  const fill = (text: string): string =>
    text.replaceAll(/:(customer|loan|unknown)\b/g, (_match, name: string) => ids[name] ?? '');
  const filled = (body: unknown): unknown =>
    typeof body === 'string' || body === undefined ? body : (JSON.parse(fill(JSON.stringify(body))) as unknown);

  test.each([...bodies, ...reads])(
    '$method $url: $because → $status $code',
    async ({ method, url, body, options, status, code }) => {
      const key = method === 'POST' ? { key: randomUUID() } : {};
      const answer = await billing.request(method, fill(url), filled(body), { ...key, ...options });
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.body).toMatchObject({
        type: `urn:tenor:problem:${code}`,
        status,
        request_id: answer.headers['x-request-id'],
      });
      if (code === 'validation_failed') expect(answer.body.errors.length).toBeGreaterThan(0);
      expect(await billing.snapshot()).toBe(before);
    },
  );
});
