import { type BillingTest, startBillingTest } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('simulations');
  const { status, text } = await billing.post('/v1/products', declining, { role: 'admin' });
  if (status !== 201) throw new Error(text);
});
afterAll(() => billing.stop());

const declining = {
  code: 'declining',
  name: 'Equal instalments, late interest and a penalty',
  currency: 'USD',
  terms: {
    interest_method: 'annuity',
    annual_rate_percent: '12',
    frequency: { every: 1, unit: 'month' },
    number_of_instalments: 6,
  },
  penalty: { percent_per_day: '0.1', grace_days: 3, cap: '20.00' },
  late_interest: true,
};
const usd = (amount: string) => ({ amount, currency: 'USD' });
const opened = async () => {
  const lent = { product: 'declining', principal: usd('600.00'), disbursed_on: '2026-04-20' };
  return (await billing.loan(await billing.customer(), lent)).id;
};
const post = (id: string, route: string, body: object) => billing.post(`/v1/loans/${id}/${route}`, body);
/** The loan as every read shows it, but for what was known when. */
const shown = async (id: string) => {
  const [loan, outstanding, schedule] = await Promise.all(
    ['', '/outstanding', '/schedule'].map(async (what) => (await billing.get(`/v1/loans/${id}${what}`)).body),
  );
  return { loan, outstanding, schedule };
};
const timeless = (view: Awaited<ReturnType<typeof shown>>) =>
  Object.fromEntries(Object.entries(view).map(([name, body]) => [name, { ...body, known_at: null }]));

test.each<[string, object]>([
  ['rate-changes', { annual_rate_percent: '10' }],
  ['rate-changes', { annual_rate_percent: '10000', value_date: '2026-05-25' }],
])('a simulation of %s %j shows what then comes of it, in a form that can be read', async (command, body) => {
  const id = await opened();
  const simulated = await post(id, 'simulate', { command, body });
  expect(simulated.status).toBe(200);
  expect((await post(id, command, body)).status).toBe(200);
  expect(timeless(simulated.body as never)).toEqual(timeless(await shown(id)));
  expect(await billing.isProven(id)).toBe(true);
});

test('a changed rate stands in the terms of the loan from its day on', async () => {
  const id = await opened();
  const { body } = await post(id, 'rate-changes', { annual_rate_percent: '10', value_date: '2026-05-25' });
  expect(body['terms']).toMatchObject({
    annual_rate_percent: null,
    index_rate: {
      margin_percent: '0',
      values: [
        { from: '2026-05-24', percent: '12' },
        { from: '2026-05-25', percent: '10' },
      ],
    },
  });
});

test.each([
  [{ command: 'forgive', body: {} }, [['/command', 'enum']]],
  [{ command: 'waivers', body: { component: 'principal' } }, [['/body/component', 'enum']]],
])('%j is told what is wrong with the command that was meant', async (body, errors) => {
  const { status, body: problem } = await post(await opened(), 'simulate', body);
  const told = problem['errors'] as { pointer: string; code: string }[];
  expect([status, told.map(({ pointer, code }) => [pointer, code])]).toEqual([400, errors]);
});

test('a plan made anew has its first due date after the change', async () => {
  const id = await opened();
  for (const [route, count] of [
    ['restructure', 5],
    ['re-age', 5],
  ]) {
    const asked = { number_of_instalments: count, first_due_date: '2026-05-28', value_date: '2026-05-28' };
    const refused = await post(id, `${route}`, asked);
    expect([refused.status, refused.body.code]).toEqual([422, 'terms_invalid']);
  }
});

test('a recovery that the outside names is taken in once', async () => {
  const id = await opened();
  await post(id, 'write-off', {});
  const recovery = { amount: usd('5.00'), external_id: 'collector-7' };
  expect((await post(id, 'recoveries', recovery)).status).toBe(200);
  const again = await post(id, 'recoveries', recovery);
  expect([again.status, again.body.code]).toEqual([409, 'already_exists']);
  expect((await billing.get(`/v1/loans/${id}`)).body['written_off']).toMatchObject({ recovered: '5.00' });
});
