import { eventually } from '@tenor/testing';
import { type BillingTest, startBillingTest, TODAY } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('changes');
  const { status, text } = await billing.post('/v1/products', product, { role: 'admin' });
  if (status !== 201) throw new Error(text);
});
afterAll(() => billing.stop());

/** 0.1 % a day after three days of grace, twenty at most per instalment. */
const product = {
  code: 'with-penalty',
  name: 'With a penalty',
  currency: 'USD',
  terms: { interest_method: 'none', frequency: { every: 1, unit: 'month' }, number_of_instalments: 3 },
  penalty: { percent_per_day: '0.1', grace_days: 3, cap: '20.00' },
};
const usd = (amount: string) => ({ amount, currency: 'USD' });
const opened = async (disbursedOn = '2026-04-01') => {
  const customerId = await billing.customer();
  const more = { product: 'with-penalty', principal: usd('300.00'), disbursed_on: disbursedOn };
  return { customerId, id: (await billing.loan(customerId, more)).id };
};
const owed = async (id: string, asOf = TODAY) => {
  const { body } = await billing.get(`/v1/loans/${id}/outstanding?as_of=${asOf}`);
  return [body['principal'], body['fee'], body['penalty'], body['total']];
};

/** What was published of the customer's loan under this type. */
const told = (customerId: string, type: string) =>
  eventually(async () => {
    const event = (await billing.published(customerId, 'loans', 4)).find((each) => each.type === type);
    if (event === undefined) throw new Error(`${type} is not published yet`);
    return event.data;
  });

describe('a penalty', () => {
  test('is there at any read, without any job having run, and the same again later', async () => {
    // Due 1 May, 1 June and 1 July; 28 days of grace and after until 1 June: 5 May is the first that costs.
    const { id } = await opened();
    expect(await owed(id, '2026-05-04')).toEqual(['300.00', '0.00', '0.00', '300.00']);
    expect(await owed(id, '2026-05-05')).toEqual(['300.00', '0.00', '0.10', '300.10']);
    expect(await owed(id)).toEqual(['300.00', '0.00', '2.80', '302.80']);
    expect(await owed(id, '2026-05-05')).toEqual(['300.00', '0.00', '0.10', '300.10']);
    expect(await billing.isProven(id)).toBe(true);
  });
});

describe('a charge', () => {
  test('joins the instalment that falls due next, and is told', async () => {
    const { customerId, id } = await opened();
    const asked = { component: 'fee', code: 'field_visit', amount: usd('6.00'), value_date: '2026-05-10' };
    const { status, body } = await billing.post(`/v1/loans/${id}/charges`, asked);
    expect([status, body['outstanding']]).toEqual([200, usd('308.80')]);
    expect(await owed(id, '2026-05-09')).toEqual(['300.00', '0.00', '0.50', '300.50']);
    expect(await owed(id)).toEqual(['300.00', '6.00', '2.80', '308.80']);
    const schedule = (await billing.get(`/v1/loans/${id}/schedule`)).body;
    expect(schedule.instalments.map(({ unpaid }) => unpaid)).toEqual(['102.80', '106.00', '100.00']);
    expect(await told(customerId, 'loan.charged')).toMatchObject({
      code: 'field_visit',
      amount: '6.00',
      outstanding: '306.60',
    });
    expect(await billing.isProven(id)).toBe(true);
  });
});

describe('a waiver', () => {
  test('gives up what is owed of a component, and what grows later is owed again', async () => {
    const { customerId, id } = await opened();
    const asked = { component: 'penalty', value_date: '2026-05-10', reason: 'a flood' };
    expect((await billing.post(`/v1/loans/${id}/waivers`, asked)).status).toBe(200);
    expect(await owed(id, '2026-05-10')).toEqual(['300.00', '0.00', '0.00', '300.00']);
    expect(await owed(id)).toEqual(['300.00', '0.00', '2.20', '302.20']);
    expect(await told(customerId, 'loan.waived')).toMatchObject({
      component: 'penalty',
      amount: '0.60',
      reason: 'a flood',
    });
    expect(await billing.isProven(id)).toBe(true);
  });
});

test.each([
  [
    'charges',
    { component: 'fee', code: 'x', amount: usd('1.00'), value_date: '2026-06-02' },
    422,
    'value_date_in_future',
  ],
  [
    'charges',
    { component: 'fee', code: 'x', amount: usd('1.00'), value_date: '2026-03-31' },
    422,
    'value_date_before_disbursement',
  ],
  ['charges', { component: 'fee', code: 'x', amount: { amount: '1.00', currency: 'EUR' } }, 422, 'currency_mismatch'],
  ['charges', { component: 'fee', code: 'x', amount: usd('0.00') }, 400, 'validation_failed'],
  ['charges', { component: 'interest', code: 'x', amount: usd('1.00') }, 400, 'validation_failed'],
  ['waivers', { component: 'fee' }, 422, 'amount_exceeds_outstanding'],
  ['waivers', { component: 'penalty', amount: usd('2.81') }, 422, 'amount_exceeds_outstanding'],
  ['waivers', { component: 'penalty', instalment: 4 }, 404, 'not_found'],
] as const)('%s %j is refused and changes nothing', async (route, body, status, code) => {
  const { id } = await opened();
  const before = (await billing.get(`/v1/loans/${id}/events`)).body.data.length;
  const refused = await billing.post(`/v1/loans/${id}/${route}`, body);
  expect([refused.status, refused.body.code]).toEqual([status, code]);
  expect((await billing.get(`/v1/loans/${id}/events`)).body.data).toHaveLength(before);
});
