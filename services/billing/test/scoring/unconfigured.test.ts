import { startBilling } from '../../src/app.ts';
import { type BillingTest, startBillingTest } from '../harness.ts';
import { applicationOf, asEngine, outsideEnvironment } from './with-outside.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('unconfigured');
});
afterAll(() => billing.stop());

test('without core banking and an engine, billing serves everything else and refuses what needs them', async () => {
  const customerId = await billing.customer();
  expect((await billing.loan(customerId)).status).toBe('active');
  const application = await billing.post('/v1/loans', applicationOf(customerId));
  expect([application.status, application.body.code]).toEqual([503, 'core_banking_unavailable']);
  const kyc = await billing.post(`/v1/customers/${customerId}/kyc`);
  expect([kyc.status, kyc.body.code]).toEqual([503, 'core_banking_unavailable']);
  expect((await billing.get('/transactions/1', asEngine())).status).toBe(401);
  const ready = await billing.get('/readyz', { role: null });
  expect(ready.status).toBe(200);
  expect(ready.text).not.toContain('core-banking');
});

const whole = {
  ...outsideEnvironment('http://127.0.0.1:1', 'http://127.0.0.1:1', 'http://127.0.0.1:1'),
  CORE_BANKING_TIMEOUT_MS: 250,
  CORE_BANKING_REST_MS: 100,
  SCORING_TIMEOUT_MS: 250,
  SCORING_FIRST_RETRY_MS: 50,
};

test.each([
  { missing: 'CORE_BANKING_URL', says: /go together; missing: CORE_BANKING_URL$/ },
  { missing: 'CORE_BANKING_PASSWORD', says: /go together; missing: CORE_BANKING_PASSWORD$/ },
  { missing: 'TRANSACTIONS_URL', says: /go together; missing: TRANSACTIONS_URL$/ },
  { missing: 'TRANSACTIONS_PASSWORD', says: /go together; missing: TRANSACTIONS_PASSWORD$/ },
])('does not start without $missing where the rest is given', async ({ missing, says }) => {
  const given = Object.fromEntries(Object.entries(whole).filter(([key]) => key !== missing));
  await expect(startBilling({ ...billing.config, ...given })).rejects.toThrow(says);
});
