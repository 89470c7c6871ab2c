import { kitMigration, migrate, newId, openDatabase } from '@tenor/service-kit';
import { createTestTenant, openSql, type SqlConnection, type TestTenant } from '@tenor/testing';
import { Payments1763700000001 } from '../src/migrations/0001-payments.ts';
import { PublishedIds1763700000131 } from '../src/migrations/0131-published-ids.ts';

let tenant: TestTenant;
let sql: SqlConnection;
beforeAll(async () => {
  tenant = await createTestTenant('payment_migrations');
  sql = await openSql(tenant.adminUrl);
});
afterAll(async () => {
  await sql.close();
  await tenant.drop();
});

async function migrateWith(...migrations: Parameters<typeof openDatabase>[0]['migrations'] & object): Promise<void> {
  const options = { url: tenant.paymentUrl, schema: 'payment', poolSize: 1, applicationName: 'test' };
  const database = await openDatabase({ ...options, migrations: [kitMigration('payment'), ...migrations] });
  await migrate(database);
  await database.close();
}

test('payments from before get an id for each event that moved money, all different', async () => {
  await migrateWith(Payments1763700000001);
  const customerId = newId();
  await sql.rows('insert into payment.customers (id) values ($1)', [customerId]);
  const statuses = ['settled', 'applied', 'reversed', 'rejected', 'pending', 'failed'];
  for (const status of statuses) {
    await sql.rows(
      `insert into payment.payments
         (customer_id, id, amount, currency, value_date, method, status, allocation, caller, event_sequence)
       values ($1, $2, 100, 'IDR', '2026-01-08', 'manual', $3, 'automatic', 'test', $4)`,
      [customerId, newId(), status, status === 'reversed' ? 2 : 1],
    );
  }

  await migrateWith(Payments1763700000001, PublishedIds1763700000131);
  interface Row {
    status: string;
    settled_event_id: string | null;
    settled_sequence: string | null;
    reversed_event_id: string | null;
  }
  const rows = await sql.rows<Row>('select * from payment.payments order by id');
  const moved = ['settled', 'applied', 'reversed'];
  expect(rows.filter((row) => row.settled_event_id !== null).map(({ status }) => status)).toEqual(moved);
  expect(rows.filter((row) => row.reversed_event_id !== null).map(({ status }) => status)).toEqual(['reversed']);
  expect(rows.flatMap((row) => row.settled_sequence ?? [])).toEqual(['1', '1', '1']);
  const ids = rows.flatMap((row) => [row.settled_event_id ?? [], row.reversed_event_id ?? []].flat());
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
});
