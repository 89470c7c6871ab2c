import { type BillingTest, settled, startBillingTest, TODAY } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('pauses');
  const { status, text } = await billing.post('/v1/products', fineBuckets, { role: 'admin' });
  if (status !== 201) throw new Error(text);
});
afterAll(() => billing.stop());

const fineBuckets = {
  code: 'fine-buckets',
  name: 'Fine buckets',
  currency: 'USD',
  terms: { interest_method: 'none', frequency: { every: 1, unit: 'week' }, number_of_instalments: 4 },
  delinquency: { buckets: [7, 14] },
};

/** Due weekly from 17 May; three have passed by 1 June. */
const opened = async (more: Record<string, unknown> = {}) => {
  const customerId = await billing.customer();
  return { customerId, id: (await billing.loan(customerId, { disbursed_on: '2026-05-10', ...more })).id };
};
const standing = async (id: string, query = '') => {
  const { body } = await billing.get(`/v1/loans/${id}/delinquency${query}`);
  return [body['is_delinquent'], body['consecutive_missed'], body['days_past_due'], body['bucket']];
};
const pause = (id: string, body: object) => billing.post(`/v1/loans/${id}/delinquency-pauses`, body);
const resume = (id: string, body?: object) => billing.post(`/v1/loans/${id}/delinquency-pauses/resume`, body);

describe('a pause', () => {
  test('that is dated back counts from its own day, and what it changes is announced once', async () => {
    const { customerId, id } = await opened();
    await billing.apply(settled({ customerId, amount: '44000.00', on: '2026-05-20' }));
    expect(await standing(id)).toEqual([true, 2, 8, '1-30']);
    const knownAt = (await billing.get(`/v1/loans/${id}`)).body['known_at'];

    const { status, body } = await pause(id, { value_date: '2026-05-18', reason: 'a flood' });
    expect([status, body['is_delinquent'], body['days_past_due']]).toEqual([200, false, 0]);
    expect(await standing(id)).toEqual([false, 0, 0, 'current']);
    expect(await standing(id, `?known_at=${knownAt}`)).toEqual([true, 2, 8, '1-30']);

    expect((await resume(id)).status).toBe(200);
    expect(await standing(id)).toEqual([true, 2, 1, '1-30']);
    expect(await standing(id, '?as_of=2026-05-31')).toEqual([false, 0, 0, 'current']);

    const kinds = ['loan.became_delinquent', 'loan.cured', 'loan.bucket_changed'];
    const told = (await billing.published(customerId, 'loans', 10)).filter(({ type }) => kinds.includes(type));
    expect(told.map(({ type, data }) => [type, data['days_past_due']])).toEqual([
      ['loan.became_delinquent', 15],
      ['loan.bucket_changed', 15],
      ['loan.cured', 0],
      ['loan.bucket_changed', 0],
      ['loan.became_delinquent', 1],
      ['loan.bucket_changed', 1],
    ]);
    expect(await billing.isProven(id)).toBe(true);
  });

  test('with an end is over by itself, and can be prolonged but not shortened by another', async () => {
    const { id } = await opened();
    await pause(id, { value_date: '2026-05-18', until: '2026-05-24' });
    expect(await standing(id, '?as_of=2026-05-24')).toEqual([false, 0, 0, 'current']);
    expect(await standing(id, '?as_of=2026-05-25')).toEqual([true, 2, 1, '1-30']);
    expect((await pause(id, { value_date: '2026-05-20', until: '2026-05-31' })).status).toBe(200);
    expect(await standing(id, '?as_of=2026-05-25')).toEqual([false, 0, 0, 'current']);
    const { body } = await billing.get(`/v1/loans/${id}/delinquency?as_of=2026-05-25`);
    expect([body['is_paused'], body['pauses']]).toEqual([true, [{ from: '2026-05-18', until: '2026-05-31' }]]);
    const shorter = await pause(id, { value_date: '2026-05-20', until: '2026-05-22' });
    expect([shorter.status, shorter.body.code]).toEqual([409, 'state_conflict']);
    expect(shorter.body['meta']).toMatchObject({ status: 'active', allowed: ['resume'] });
  });

  test('is taken back whole by a resumption on its first day', async () => {
    const { id } = await opened();
    const before = await standing(id);
    await pause(id, { value_date: '2026-05-18' });
    await resume(id, { value_date: '2026-05-18' });
    expect(await standing(id)).toEqual(before);
    expect(await billing.isProven(id)).toBe(true);
  });

  test.each([
    ['', { value_date: '2026-06-02' }, 422, 'value_date_in_future'],
    ['', { value_date: '2026-05-09' }, 422, 'value_date_before_disbursement'],
    ['', { value_date: '2026-05-20', until: '2026-05-19' }, 400, 'validation_failed'],
    ['', { until: '2026-02-30' }, 400, 'validation_failed'],
    ['', { reason: 7 }, 400, 'validation_failed'],
    ['/resume', {}, 409, 'state_conflict'],
    ['/resume', { value_date: '2026-06-02' }, 422, 'value_date_in_future'],
  ] as const)('%s %j is refused and changes nothing', async (path, body, status, code) => {
    const { id } = await opened();
    const refused = await billing.post(`/v1/loans/${id}/delinquency-pauses${path}`, body);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect((await billing.get(`/v1/loans/${id}/events`)).body.data).toHaveLength(3);
  });

  test('of a loan that is paid, or of none, is refused', async () => {
    const { customerId, id } = await opened();
    await billing.apply(settled({ customerId, amount: '2200000.00' }));
    for (const ask of [pause, resume]) {
      const refused = await ask(id, {});
      expect([refused.status, refused.body['meta']]).toEqual([409, { status: 'paid', allowed: ['active'] }]);
    }
    expect((await pause(customerId, {})).status).toBe(404);
  });
});

test('arrears stand in the buckets of the product, each instalment by its own age', async () => {
  const { id } = await opened({ product: 'fine-buckets', principal: { amount: '40.00', currency: 'USD' } });
  const { body } = await billing.get(`/v1/loans/${id}/delinquency`);
  expect(body).toMatchObject({ as_of: TODAY, days_past_due: 15, bucket: '15+', arrears: '30.00', is_paused: false });
  expect(body['arrears_by_bucket']).toEqual([
    { bucket: '1-7', arrears: '10.00' },
    { bucket: '8-14', arrears: '10.00' },
    { bucket: '15+', arrears: '10.00' },
  ]);
});

test('a customer is as late as the worst of the loans, with arrears by currency and pauses heeded', async () => {
  const { customerId, id } = await opened();
  const fine = { product: 'fine-buckets', principal: { amount: '40.00', currency: 'USD' } };
  await billing.loan(customerId, { ...fine, disbursed_on: '2026-05-24' });
  const late = async () => (await billing.get(`/v1/customers/${customerId}/delinquency`)).body;
  expect(await late()).toMatchObject({ is_delinquent: true, consecutive_missed: 3, days_past_due: 15, bucket: '1-30' });
  expect((await late())['arrears']).toEqual([
    { amount: '132000.00', currency: 'IDR' },
    { amount: '10.00', currency: 'USD' },
  ]);
  await pause(id, { value_date: '2026-05-17' });
  expect(await late()).toMatchObject({ is_delinquent: false, days_past_due: 1, bucket: '1-7' });
});
