import { type BillingTest, startBillingTest } from '../harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('waivers');
  const { status, text } = await billing.post('/v1/products', product, { role: 'admin' });
  if (status !== 201) throw new Error(text);
});
afterAll(() => billing.stop());

const product = {
  code: 'fixed-penalty',
  name: 'With a fixed penalty',
  currency: 'USD',
  terms: { interest_method: 'none', frequency: { every: 1, unit: 'month' }, number_of_instalments: 3 },
  penalty: { amount: '5.00' },
};
const usd = (amount: string) => ({ amount, currency: 'USD' });

test.each([
  { component: 'penalty', value_date: '2026-04-20' },
  { component: 'penalty', value_date: '2026-04-20', amount: usd('5.00') },
  { component: 'fee', value_date: '2026-05-09', amount: usd('3.00') },
])('what was not owed yet on its day is not waived: $component on $value_date', async (waiver) => {
  const customerId = await billing.customer();
  const { id } = await billing.loan(customerId, {
    product: 'fixed-penalty',
    principal: usd('300.00'),
    disbursed_on: '2026-04-01',
  });
  const fee = { component: 'fee', code: 'visit', amount: usd('3.00'), value_date: '2026-05-10' };
  expect((await billing.post(`/v1/loans/${id}/charges`, fee)).status).toBe(200);
  const refused = await billing.post(`/v1/loans/${id}/waivers`, waiver);
  expect([refused.status, refused.body]).toMatchObject([422, { code: 'amount_exceeds_outstanding' }]);
  const later = { ...waiver, value_date: '2026-05-12' };
  expect((await billing.post(`/v1/loans/${id}/waivers`, later)).status).toBe(200);
});
