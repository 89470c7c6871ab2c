import { createTestTenant, type TestTenant } from '@tenor/testing';
import pg from 'pg';

async function asRole<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a test tenant', () => {
  let first: TestTenant;
  let second: TestTenant;

  beforeAll(async () => {
    [first, second] = await Promise.all([createTestTenant('First one'), createTestTenant('second')]);
    await asRole(first.billingUrl, 'create table billing.secret (n int); insert into billing.secret values (1)');
    await asRole(first.paymentUrl, 'create table payment.secret (n int); insert into payment.secret values (2)');
  });

  afterAll(() => Promise.all([first.drop(), second.drop()]));

  test('lets each service use its own schema', async () => {
    expect(await asRole(first.billingUrl, 'select n from billing.secret')).toEqual([{ n: 1 }]);
    expect(await asRole(first.paymentUrl, 'select n from payment.secret')).toEqual([{ n: 2 }]);
  });

  test.each([
    { role: 'billing', sql: 'select n from payment.secret', refusal: 'permission denied for schema payment' },
    { role: 'payment', sql: 'select n from billing.secret', refusal: 'permission denied for schema billing' },
    { role: 'billing', sql: 'create table payment.mine (n int)', refusal: 'permission denied for schema payment' },
    { role: 'payment', sql: 'create table billing.mine (n int)', refusal: 'permission denied for schema billing' },
    { role: 'billing', sql: 'create table public.mine (n int)', refusal: 'permission denied for schema public' },
    { role: 'payment', sql: 'create role another', refusal: 'permission denied to create role' },
  ])('refuses the role of $role: $sql', async ({ role, sql, refusal }) => {
    const url = role === 'billing' ? first.billingUrl : first.paymentUrl;
    await expect(asRole(url, sql)).rejects.toThrow(refusal);
  });

  test('sees nothing of another tenant', async () => {
    await expect(asRole(second.billingUrl, 'select n from billing.secret')).rejects.toThrow('does not exist');
    expect(second.topicPrefix).not.toBe(first.topicPrefix);
  });

  test('leaves no database when dropped, connections or not', async () => {
    const third = await createTestTenant('third');
    const client = new pg.Client({ connectionString: third.billingUrl });
    const cutOff = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    await third.drop();
    await cutOff;
    const database = new URL(third.billingUrl).pathname.slice(1);
    const left = await asRole(first.adminUrl, `select datname from pg_database where datname = '${database}'`);
    expect(left).toEqual([]);
  });
});
