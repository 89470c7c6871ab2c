import { kitMigration, migrate, newId, openDatabase } from '@tenor/service-kit';
import { createTestTenant, openSql, type SqlConnection, type TestTenant } from '@tenor/testing';
import { Payments1763700000001 } from '../src/migrations/0001-payments.ts';
import { Gateway1763700000110 } from '../src/migrations/0110-gateway.ts';
import { Refunds1763700000121 } from '../src/migrations/0121-refunds.ts';
import { PublishedIds1763700000131 } from '../src/migrations/0131-published-ids.ts';
import { ProviderOutcomes1763700000140 } from '../src/migrations/0140-provider-outcomes.ts';

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

test('calls from before have an outcome where payment or refund has; others are sent, or asked for', async () => {
  const before = [Payments1763700000001, PublishedIds1763700000131, Gateway1763700000110, Refunds1763700000121];
  await migrateWith(...before);
  const customerId = newId();
  await sql.rows('insert into payment.customers (id) values ($1)', [customerId]);
  const call = async (kind: 'charge' | 'payout', status: string, isSent: boolean): Promise<void> => {
    const id = newId();
    const stored = {
      charge: `insert into payment.payments
           (customer_id, id, amount, currency, value_date, method, status, allocation, caller, event_sequence)
         values ($1, $2, 100, 'IDR', '2026-01-08', 'mockpay', $3, 'automatic', 'test', 1)`,
      payout: `insert into payment.refunds
           (customer_id, id, amount, currency, method, status, reason, decided_at, closed_at, event_sequence, caller)
         values ($1, $2, 100, 'IDR', 'mockpay', $3, case $3 when 'failed' then 'closed' end, now(),
                 case when $3 <> 'authorised' then now() end, 1, 'test')`,
    };
    await sql.rows(stored[kind], [customerId, id, status]);
    await sql.rows(
      `insert into payment.provider_calls (customer_id, kind, id, provider, amount, currency, next_attempt_at)
       values ($1, $2, $3, 'mockpay', 100, 'IDR', case when $4 then null else now() end)`,
      [customerId, kind, id, isSent],
    );
  };
  for (const kind of ['charge', 'payout'] as const) {
    const [open, ended] = [kind === 'charge' ? 'pending' : 'authorised', 'failed'];
    await call(kind, open, false);
    await call(kind, open, true);
    await call(kind, ended, true);
  }

  await migrateWith(...before, ProviderOutcomes1763700000140);
  const found = await sql.rows(
    `select kind, next_attempt_at is not null as is_waiting, next_poll_at is not null as is_asked,
            concluded_at is not null as has_outcome from payment.provider_calls order by id`,
  );
  const states = [
    { is_waiting: true, is_asked: false, has_outcome: false },
    { is_waiting: false, is_asked: true, has_outcome: false },
    { is_waiting: false, is_asked: false, has_outcome: true },
  ];
  expect(found).toEqual(['charge', 'payout'].flatMap((kind) => states.map((state) => ({ kind, ...state }))));
  await sql.rows("update payment.refunds set status = 'returned' where status = 'failed'");
});
