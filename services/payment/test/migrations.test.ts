import { kitMigration, migrate, newId, openDatabase } from '@tenor/service-kit';
import { createTestTenant, openSql, type SqlConnection, snapshot, type TestTenant } from '@tenor/testing';
import { Payments1763700000001 } from '../src/migrations/0001-payments.ts';
import { Gateway1763700000110 } from '../src/migrations/0110-gateway.ts';
import { Refunds1763700000121 } from '../src/migrations/0121-refunds.ts';
import { PublishedIds1763700000131 } from '../src/migrations/0131-published-ids.ts';
import { RefundEvents1763700000133 } from '../src/migrations/0133-refund-events.ts';
import { ProviderOutcomes1763700000140 } from '../src/migrations/0140-provider-outcomes.ts';
import { ContradictedPayouts1763700000155 } from '../src/migrations/0155-contradicted-payouts.ts';
import { RefusedAttempts1763700000157 } from '../src/migrations/0157-refused-attempts.ts';

let tenant: TestTenant;
let sql: SqlConnection;
beforeEach(async () => {
  tenant = await createTestTenant('payment_migrations');
  sql = await openSql(tenant.adminUrl);
});
afterEach(async () => {
  await sql.close();
  await tenant.drop();
});

async function migrateWith(...migrations: Parameters<typeof openDatabase>[0]['migrations'] & object): Promise<void> {
  const options = { url: tenant.paymentUrl, schema: 'payment', poolSize: 1, applicationName: 'test' };
  const database = await openDatabase({ ...options, migrations: [kitMigration('payment'), ...migrations] });
  await migrate(database);
  await database.close();
}

const columnsOf = async (table: string): Promise<string[]> => {
  const rows = await sql.rows<{ name: string }>(
    `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return rows.map(({ name }) => name);
};

/** A customer with a loan, and a payment in each status: on its way it reserves what it asks for, then it has done it. */
async function fill(): Promise<void> {
  const [customerId, loanId] = [newId(), newId()];
  await sql.rows(`insert into payment.customers (id, external_ref, last_sequence) values ($1, 'ref', 3)`, [customerId]);
  await sql.rows(
    `insert into payment.loan_accounts (customer_id, loan_id, currency, status, payment_policy, overpayment,
       disbursed_on, due_dates, unpaid, outstanding, last_sequence)
     values ($1, $2, 'IDR', 'active', 'exact', 'credit', '2026-01-01', '{2026-01-08,2026-01-15}', '{40,100}', 140, 7)`,
    [customerId, loanId],
  );
  for (const [place, status] of ['pending', 'settled', 'applied', 'failed', 'rejected', 'reversed'].entries()) {
    const id = newId();
    const [applied, credited] = status === 'applied' || status === 'reversed' ? [60, 40] : [0, 0];
    await sql.rows(
      `insert into payment.payments (customer_id, id, external_id, amount, currency, value_date, method, status,
         allocation, applied, credited, answered, event_sequence, reject_code, caller)
       values ($1, $2, $3, 100, 'IDR', '2026-01-08', 'manual', $4, 'explicit', $5, $6, $7, $8, $9, 'test')`,
      [
        customerId,
        id,
        `external-${place}`,
        status,
        applied,
        credited,
        applied > 0,
        place,
        status === 'rejected' ? 'amount_exceeds_outstanding' : null,
      ],
    );
    await sql.rows(
      `insert into payment.payment_allocations
         (customer_id, payment_id, loan_id, position, asked, applied, credited, in_flight, reversed)
       values ($1, $2, $3, 0, 100, $4, $5, $6, $7)`,
      [customerId, id, loanId, applied, credited, ['pending', 'settled'].includes(status), status === 'reversed'],
    );
    await sql.rows('insert into payment.payment_directory values ($1, $2)', [id, customerId]);
    await sql.rows('insert into payment.payment_external_ids values ($1, $2, $3)', [
      `external-${place}`,
      customerId,
      id,
    ]);
  }
}

test('the gateway leaves what was recorded before as it is: no failure, no hold that ends, nobody to call', async () => {
  await migrateWith(Payments1763700000001);
  await fill();
  const tables = ['customers', 'loan_accounts', 'payments', 'payment_allocations'].map((name) => `payment.${name}`);
  const directories = ['payment.payment_directory', 'payment.payment_external_ids'];
  const before: string[] = [];
  for (const table of tables) before.push(`(select ${(await columnsOf(table)).join(', ')} from ${table})`);
  const parts = [...before, ...directories];
  const filled = await snapshot(sql, parts);
  expect(Object.values(filled).map((rows) => rows.length)).toEqual([1, 1, 6, 6, 6, 6]);

  await migrateWith(Payments1763700000001, Gateway1763700000110);
  expect(await snapshot(sql, parts)).toEqual(filled);
  const [added] = await sql.rows(
    `select count(failure_code)::int as failed, count(held_until)::int as held,
            (select count(*) from payment.provider_calls)::int as calls,
            (select count(*) from payment.provider_events)::int as news
       from payment.payments p join payment.payment_allocations a on a.payment_id = p.id`,
  );
  expect(added).toEqual({ failed: 0, held: 0, calls: 0, news: 0 });
});

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

test('payouts that were refused before keep their refusal with the call', async () => {
  const before = [
    Payments1763700000001,
    Gateway1763700000110,
    Refunds1763700000121,
    PublishedIds1763700000131,
    RefundEvents1763700000133,
    ProviderOutcomes1763700000140,
    ContradictedPayouts1763700000155,
  ];
  await migrateWith(...before);
  const customerId = newId();
  await sql.rows('insert into payment.customers (id) values ($1)', [customerId]);
  for (const isRefused of [true, false]) {
    const id = newId();
    await sql.rows(
      `insert into payment.refunds (customer_id, id, amount, currency, method, status, reason, payout_refused, decided_at,
                                    closed_at, event_sequence, caller)
       values ($1, $2, 100, 'IDR', 'mockpay', 'failed', 'closed', $3, now(), now(), 2, 'test')`,
      [customerId, id, isRefused],
    );
    await sql.rows(
      `insert into payment.provider_calls (customer_id, kind, id, provider, amount, currency)
       values ($1, 'payout', $2, 'mockpay', 100, 'IDR')`,
      [customerId, id],
    );
  }
  await migrateWith(...before, RefusedAttempts1763700000157);
  expect(await sql.rows('select refusal_code, denials from payment.provider_calls order by id')).toEqual([
    { refusal_code: 'closed', denials: 0 },
    { refusal_code: null, denials: 0 },
  ]);
  expect(await columnsOf('payment.refunds')).not.toContain('payout_refused');
});

test('refunds from before get an id for each event that told of them, all different', async () => {
  const before = [Payments1763700000001, Gateway1763700000110, Refunds1763700000121, PublishedIds1763700000131];
  await migrateWith(...before);
  const customerId = newId();
  await sql.rows('insert into payment.customers (id) values ($1)', [customerId]);
  for (const status of ['requested', 'authorised', 'paid_out', 'failed']) {
    await sql.rows(
      `insert into payment.refunds (customer_id, id, amount, currency, method, status, reason, decided_at, closed_at,
                                    event_sequence, caller)
       select $1, $2, 100, 'IDR', 'manual', $3, case when $3 = 'failed' then 'why' end,
              case when $3 <> 'requested' then now() end, case when $3 in ('paid_out', 'failed') then now() end,
              case when $3 in ('paid_out', 'failed') then 2 else 1 end, 'test'`,
      [customerId, newId(), status],
    );
  }
  await migrateWith(...before, RefundEvents1763700000133);
  const rows = await sql.rows<{ sequence: string; kind: string; event_id: string }>(
    'select sequence, kind, event_id from payment.refund_events where customer_id = $1 order by refund_id, sequence',
    [customerId],
  );
  const first = { sequence: '1', kind: 'requested' };
  const ends = [{ sequence: '2', kind: 'paid_out' }, first, { sequence: '2', kind: 'failed' }];
  expect(rows.map(({ sequence, kind }) => ({ sequence, kind }))).toEqual([first, first, first, ...ends]);
  expect(new Set(rows.map(({ event_id }) => event_id)).size).toBe(6);
  for (const { event_id } of rows) expect(event_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
});
