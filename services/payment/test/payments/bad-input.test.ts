import { newId } from '@tenor/service-kit';
import { type PaymentTest, paying, type RequestOptions, startPaymentTest } from '../payment-service.ts';

let payment: PaymentTest;
let customerId: string;
let loanId: string;
let closedLoanId: string;
let pendingLoanId: string;
let foreignLoanId: string;
let paidId: string;

/** A UUIDv7 from the year 2023: what nobody knows under it, nobody will. */
const oldId = '01858000-0000-7000-8000-000000000001';

beforeAll(async () => {
  payment = await startPaymentTest('bad_input');
  const own = await payment.customerWithLoan();
  customerId = own.customerId;
  loanId = own.loan.id;
  const closed = await payment.anotherLoan(customerId);
  closedLoanId = closed.id;
  await payment.feed(payment.billing.repay(closed, newId(), '300.00'));
  pendingLoanId = (await payment.anotherLoan(customerId, { disburse: false })).id;
  foreignLoanId = (await payment.customerWithLoan({ id: '01858000-0000-7000-8000-000000000002' })).loan.id;
  paidId = (await payment.post('/v1/payments', paying(customerId, '100.00'))).body.id;
});
afterAll(() => payment.stop());

type Sending = [url: string, payload: unknown, options?: RequestOptions];

interface Case {
  title: string;
  send: () => Sending;
  expected: [status: number, code: string, pointer?: string];
}

async function refuses({ send, expected: [status, code, pointer] }: Case): Promise<void> {
  const before = await payment.snapshot();
  const answer = await payment.post(...send());
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  if (pointer !== undefined) expect(answer.body.errors.map((error) => error.pointer)).toContain(pointer);
  expect(await payment.snapshot()).toBe(before);
}

const sending =
  (body: object, options: RequestOptions = {}) =>
  (): Sending => ['/v1/payments', { ...paying(customerId, '100.00'), ...body }, options];
const amount = (value: unknown, currency: unknown = 'IDR') => ({ amount: { amount: value, currency } });
const naming = (loan: () => string, value = '100.00') => ({ allocations: [{ loan_id: loan(), amount: value }] });
const invalid = (pointer: string): Case['expected'] => [400, 'validation_failed', pointer];
const plain = { 'content-type': 'text/plain' };
const json = { 'content-type': 'application/json' };

describe('POST /v1/payments refuses', () => {
  test.each<Case>([
    { title: 'a missing customer', send: sending({ customer_id: undefined }), expected: invalid('/customer_id') },
    { title: 'a customer that is no UUID', send: sending({ customer_id: 'c-1' }), expected: invalid('/customer_id') },
    { title: 'a missing amount', send: sending({ amount: undefined }), expected: invalid('/amount') },
    { title: 'an unknown field', send: sending({ note: 'x' }), expected: invalid('/note') },
    {
      title: 'an unknown field of the amount',
      send: sending({ amount: { amount: '1.00', currency: 'IDR', x: 1 } }),
      expected: invalid('/amount/x'),
    },
    { title: 'a number for an amount', send: sending(amount(100)), expected: invalid('/amount/amount') },
    { title: 'a negative amount', send: sending(amount('-100.00')), expected: invalid('/amount/amount') },
    { title: 'zero', send: sending(amount('0.00')), expected: invalid('/amount/amount') },
    { title: 'too many decimals', send: sending(amount('100.001')), expected: invalid('/amount/amount') },
    { title: 'far too many decimals', send: sending(amount('100.00001')), expected: invalid('/amount/amount') },
    {
      title: 'an amount that is too large',
      send: sending(amount('1000000000000000.00')),
      expected: invalid('/amount/amount'),
    },
    { title: 'an exponent', send: sending(amount('1e3')), expected: invalid('/amount/amount') },
    { title: 'an unknown currency', send: sending(amount('100.00', 'ZZZ')), expected: invalid('/amount/currency') },
    {
      title: 'a currency in small letters',
      send: sending(amount('100.00', 'idr')),
      expected: invalid('/amount/currency'),
    },
    {
      title: 'a day that does not exist',
      send: sending({ value_date: '2026-02-30' }),
      expected: invalid('/value_date'),
    },
    { title: 'null for a date', send: sending({ value_date: null }), expected: invalid('/value_date') },
    { title: 'an unknown method', send: sending({ method: 'card' }), expected: invalid('/method') },
    { title: 'an empty external id', send: sending({ external_id: '' }), expected: invalid('/external_id') },
    { title: 'no allocation in a list of them', send: sending({ allocations: [] }), expected: invalid('/allocations') },
    {
      title: 'a negative allocation',
      send: () => sending(naming(() => loanId, '-100.00'))(),
      expected: invalid('/allocations/0/amount'),
    },
    {
      title: 'allocations that do not sum to the amount',
      send: () => sending(naming(() => loanId, '99.00'))(),
      expected: invalid('/allocations'),
    },
    {
      title: 'a loan named twice',
      send: () => sending({ allocations: [1, 2].map(() => ({ loan_id: loanId, amount: '50.00' })) })(),
      expected: invalid('/allocations/1/loan_id'),
    },
    {
      title: 'broken JSON',
      send: () => ['/v1/payments', '{"customer_id":', { headers: json }],
      expected: [400, 'malformed_json'],
    },
    {
      title: 'another content type',
      send: () => ['/v1/payments', 'a=b', { headers: plain }],
      expected: [415, 'unsupported_media_type'],
    },
    {
      title: 'a body of a megabyte',
      send: sending({ external_id: 'x'.repeat(1024 * 1024) }),
      expected: [413, 'body_too_large'],
    },
    { title: 'a list for a body', send: () => ['/v1/payments', []], expected: [400, 'validation_failed'] },
    { title: 'a request without a key', send: sending({}, { key: null }), expected: [400, 'idempotency_key_required'] },
    { title: 'a request without a token', send: sending({}, { role: null }), expected: [401, 'unauthenticated'] },
    {
      title: 'a broken token',
      send: sending({}, { role: null, headers: { authorization: 'Bearer x.y.z' } }),
      expected: [401, 'unauthenticated'],
    },
    { title: 'an auditor', send: sending({}, { role: 'auditor' }), expected: [403, 'forbidden'] },
    { title: 'a guest', send: sending({}, { role: 'guest' }), expected: [403, 'forbidden'] },
    { title: 'an unknown customer', send: sending({ customer_id: oldId }), expected: [404, 'not_found'] },
    {
      title: 'an unknown loan',
      send: () => sending(naming(() => oldId))(),
      expected: [404, 'not_found', '/allocations/0/loan_id'],
    },
    {
      title: 'a loan of another customer',
      send: () => sending(naming(() => foreignLoanId))(),
      expected: [404, 'not_found', '/allocations/0/loan_id'],
    },
    { title: 'a paid loan', send: () => sending(naming(() => closedLoanId))(), expected: [422, 'loan_closed'] },
    {
      title: 'a loan that is not disbursed',
      send: () => sending(naming(() => pendingLoanId))(),
      expected: [409, 'state_conflict'],
    },
    {
      title: 'a currency that no loan has',
      send: sending(amount('100.00', 'USD')),
      expected: [422, 'currency_mismatch'],
    },
    {
      title: "a currency that is not the loan's",
      send: () => sending({ ...amount('100.00', 'USD'), ...naming(() => loanId) })(),
      expected: [422, 'currency_mismatch'],
    },
    {
      title: 'a value date in the future',
      send: sending({ value_date: '2126-01-01' }),
      expected: [422, 'value_date_in_future'],
    },
    {
      title: 'a value date before the disbursement',
      send: () => sending({ value_date: '2025-12-31', ...naming(() => loanId) })(),
      expected: [422, 'value_date_before_disbursement'],
    },
    {
      title: 'an amount between two instalments',
      send: sending(amount('150.00')),
      expected: [422, 'payment_not_exact'],
    },
  ])('$title', refuses);

  test('a loan of another customer in the same words as an unknown one', async () => {
    const bodies = [oldId, foreignLoanId].map((id) =>
      paying(
        customerId,
        '100.00',
        naming(() => id),
      ),
    );
    const [unknown, foreign] = await Promise.all(bodies.map((body) => payment.post('/v1/payments', body)));
    expect({ ...foreign?.body, request_id: '' }).toEqual({ ...unknown?.body, request_id: '' });
  });

  test('an inexact amount with those that would do', async () => {
    const { body } = await payment.post('/v1/payments', paying(customerId, '150.00'));
    expect(body.meta).toEqual({ amounts: ['100.00', '200.00'], currency: 'IDR' });
  });
});

describe.each(['reverse', 'chargeback'])('POST /v1/payments/:id/%s refuses', (verb) => {
  const at =
    (id: () => string, body: unknown = {}, options: RequestOptions = {}) =>
    (): Sending => [`/v1/payments/${id()}/${verb}`, body, options];
  const paid = () => paidId;
  test.each<Case>([
    { title: 'an id that is no UUID', send: at(() => 'x'), expected: invalid('/path/id') },
    { title: 'an unknown payment', send: at(newId), expected: [404, 'not_found'] },
    { title: 'an unknown field', send: at(paid, { amount: '1.00' }), expected: invalid('/amount') },
    { title: 'a number for a reason', send: at(paid, { reason: 1 }), expected: invalid('/reason') },
    { title: 'a reason that is too long', send: at(paid, { reason: 'x'.repeat(501) }), expected: invalid('/reason') },
    { title: 'broken JSON', send: at(paid, '{', { headers: json }), expected: [400, 'malformed_json'] },
    {
      title: 'another content type',
      send: at(paid, 'x', { headers: plain }),
      expected: [415, 'unsupported_media_type'],
    },
    {
      title: 'a request without a key',
      send: at(paid, {}, { key: null }),
      expected: [400, 'idempotency_key_required'],
    },
    { title: 'a request without a token', send: at(paid, {}, { role: null }), expected: [401, 'unauthenticated'] },
    { title: 'an auditor', send: at(paid, {}, { role: 'auditor' }), expected: [403, 'forbidden'] },
  ])('$title', refuses);
});

describe('reading refuses', () => {
  test.each<{ url: () => string; options?: RequestOptions; expected: [number, string] }>([
    { url: () => '/v1/payments/x', expected: [400, 'validation_failed'] },
    { url: () => `/v1/payments/urn:uuid:${paidId}`, expected: [400, 'validation_failed'] },
    { url: () => `/v1/payments/${newId()}`, expected: [404, 'not_found'] },
    { url: () => '/v1/payments?limit=201', expected: [400, 'validation_failed'] },
    { url: () => '/v1/payments?limit=0', expected: [400, 'validation_failed'] },
    { url: () => '/v1/payments?cursor=nonsense', expected: [400, 'validation_failed'] },
    { url: () => '/v1/payments?status=gone', expected: [400, 'validation_failed'] },
    { url: () => '/v1/payments?from=2026-02-30', expected: [400, 'validation_failed'] },
    { url: () => '/v1/payments?customer_id=x', expected: [400, 'validation_failed'] },
    { url: () => '/v1/payments?colour=red', expected: [400, 'validation_failed'] },
    { url: () => '/v1/payments', options: { role: null }, expected: [401, 'unauthenticated'] },
    { url: () => '/v1/payments', options: { role: 'guest' }, expected: [403, 'forbidden'] },
    { url: () => `/v1/payments/${paidId}`, options: { role: null }, expected: [401, 'unauthenticated'] },
    { url: () => `/v1/customers/${newId()}/payments`, expected: [404, 'not_found'] },
    { url: () => `/v1/customers/${customerId}/payments`, options: { role: 'guest' }, expected: [403, 'forbidden'] },
  ])('$url with $options: $expected', async ({ url, options, expected }) => {
    const { status, body } = await payment.get(url(), options);
    expect([status, body.code]).toEqual(expected);
  });
});
