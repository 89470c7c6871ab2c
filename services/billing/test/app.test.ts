import { createTestTenant } from '@tenor/testing';
import { startBilling } from '../src/app.ts';
import { migrateBilling } from '../src/migrate.ts';
import { type BillingTest, settled, startBillingTest } from './harness.ts';

describe('the billing service', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('app');
  });
  afterAll(() => billing.stop());

  test('is ready with its database and migrations, and says how the broker is', async () => {
    const { status, body } = await billing.get('/readyz', { role: null });
    expect(status).toBe(200);
    expect((body['checks'] as { name: string }[]).map(({ name }) => name)).toEqual([
      'database',
      'migrations',
      'outbox',
      'billing.repayments',
      'billing.outward',
    ]);
  });

  test('does not start on a database without its migrations', async () => {
    const tenant = await createTestTenant('unmigrated');
    const config = { ...billing.config, DATABASE_URL: tenant.billingUrl };
    await expect(startBilling(config)).rejects.toThrow(/migration/);
    await tenant.drop();
  });

  test('the migration step may run again', async () => {
    const before = await billing.snapshot();
    await migrateBilling(billing.config);
    expect(await billing.snapshot()).toBe(before);
  });

  test('counts what the business counts', async () => {
    const customerId = await billing.customer();
    await billing.loan(customerId);
    await billing.send(settled({ customerId, amount: '44000.00' }));
    await billing.published(customerId, 'loans', 4);
    const { payload } = await billing.service.app.inject('/metrics');
    expect(payload).toMatch(/loans_opened_total\{[^}]*product="weekly-flat-50"[^}]*\} 1\n/);
    expect(payload).toMatch(/loans_principal_minor_total\{[^}]*\} 200000000\n/);
    expect(payload).toMatch(/payments_applied_total\{[^}]*currency="IDR"[^}]*\} 1\n/);
    expect(payload).toMatch(/payments_applied_minor_total\{[^}]*\} 4400000\n/);
  });

  test('documents every route with its answers', async () => {
    const { payload } = await billing.service.app.inject('/openapi.json');
    const { paths } = JSON.parse(payload) as {
      paths: Record<string, Record<string, { responses: object; summary?: string; security: object[] }>>;
    };
    const mine = Object.entries(paths).filter(([path]) => path.startsWith('/v1/') && !path.includes('dead-letters'));
    expect(mine.length).toBeGreaterThanOrEqual(18);
    for (const [, methods] of mine) {
      for (const { responses, summary, security } of Object.values(methods)) {
        expect(summary).toEqual(expect.any(String));
        const needed = security.length === 0 ? ['500'] : ['401', '403', '500'];
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(needed));
      }
    }
  });
});
