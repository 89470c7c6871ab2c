import { kitMigration, migrate, newId, openDatabase, putAsidesMigration } from '@tenor/service-kit';
import { createTestTenant, openSql, type SqlConnection, type TestTenant } from '@tenor/testing';
import { Billing1763700000002 } from '../src/migrations/0001-billing.ts';
import { Instalments1763700000160 } from '../src/migrations/0160-instalments.ts';
import { Calendars1763700000170 } from '../src/migrations/0170-calendars.ts';
import { LoanApr1763700000173 } from '../src/migrations/0173-loan-apr.ts';
import { LateCharges1763700000180 } from '../src/migrations/0180-late-charges.ts';
import { Delinquency1763700000192 } from '../src/migrations/0192-delinquency.ts';
import { Ledger1763700000200 } from '../src/migrations/0200-ledger.ts';
import { LimitPolicies1763700000250 } from '../src/migrations/0250-limit-policies.ts';

let tenant: TestTenant;
let sql: SqlConnection;
beforeAll(async () => {
  tenant = await createTestTenant('billing_migrations');
  sql = await openSql(tenant.adminUrl);
  await sql.rows('set search_path = billing');
});
afterAll(async () => {
  await sql.close();
  await tenant.drop();
});

type Migrations = NonNullable<Parameters<typeof openDatabase>[0]['migrations']>;

async function openWith(...migrations: Migrations) {
  const options = { url: tenant.billingUrl, schema: 'billing', poolSize: 1, applicationName: 'test' };
  return openDatabase({
    ...options,
    migrations: [kitMigration('billing'), putAsidesMigration('billing'), ...migrations],
  });
}

test('instalments of rows become arrays of their loan, are rows to whoever asks, and go back the same', async () => {
  const before = await openWith(Billing1763700000002);
  await migrate(before);
  await before.close();
  const [customerId, loanId, otherId] = [newId(), newId(), newId()];
  await sql.rows(`insert into customers (id, external_ref) values ($1, 'ref')`, [customerId]);
  await sql.rows(`insert into products (code, version, currency, definition) values ('p', 1, 'EUR', '{}')`);
  for (const id of [loanId, otherId]) {
    await sql.rows(
      `insert into loans (customer_id, id, product_code, product_version, currency, status, principal, total,
         outstanding_principal, outstanding, terms, policy, head_seq, head_hash, head_recorded_at, event_sequence)
       values ($1, $2, 'p', 1, 'EUR', 'active', 300, 330, 200, 220, '{}', '{}', 1, '', now(), 1)`,
      [customerId, id],
    );
    // Backwards, so that nothing rests on the order in which rows were written.
    await sql.rows(
      `insert into instalments (customer_id, loan_id, version, number, due_date, principal, interest, fee, balance_after,
         paid_principal, paid_interest, paid_fee, paid_penalty)
       select $1, $2, 1, n, date '2026-01-01' + 7 * n, 100, 10 + n, n, 300 - 100 * n, 100 / n, 10 / n, 0, 0
         from generate_series($3::integer, 1, -1) n`,
      [customerId, id, id === loanId ? 3 : 1],
    );
  }
  const rows = 'select * from instalments order by loan_id, number';
  const asRows = await sql.rows(rows);
  expect(asRows).toHaveLength(4);

  const after = await openWith(Billing1763700000002, Instalments1763700000160);
  await migrate(after);
  const [loan] = await sql.rows(
    'select due_dates::text, interests::text, paid_principals::text from loans where id = $1',
    [loanId],
  );
  expect(loan).toEqual({
    due_dates: '{2026-01-08,2026-01-15,2026-01-22}',
    interests: '{11,12,13}',
    paid_principals: '{100,50,33}',
  });
  expect(await sql.rows(rows)).toEqual(asRows);
  await expect(sql.rows(`update loans set fees = '{1}' where id = $1`, [loanId])).rejects.toThrow('loans_instalments');

  await after.dataSource.undoLastMigration();
  await after.close();
  expect(await sql.rows(rows)).toEqual(asRows);
});

test('loans from before calendars have no closed days, and are left alone when they go', async () => {
  const before = 'select id, terms, due_dates::text from loans order by id';
  const migrations = [Billing1763700000002, Instalments1763700000160];
  const without = await openWith(...migrations);
  await migrate(without);
  await without.close();
  const loans = await sql.rows(before);
  expect(loans).toHaveLength(2);

  const after = await openWith(...migrations, Calendars1763700000170);
  await migrate(after);
  await sql.rows(`insert into calendars (name, weekend, holidays) values ('jakarta', '{6,7}', '[]')`);
  expect(await sql.rows('select distinct closed_days from loans')).toEqual([{ closed_days: null }]);
  await after.dataSource.undoLastMigration();
  await after.close();
  expect(await sql.rows(before)).toEqual(loans);
  expect(await sql.rows(`select to_regclass('billing.calendars') as calendars`)).toEqual([{ calendars: null }]);
});

test('loans from before they kept their annual rates have none stored, and are left alone when it goes', async () => {
  const migrations = [Billing1763700000002, Instalments1763700000160];
  const without = await openWith(...migrations);
  await migrate(without);
  await without.close();
  const before = await sql.rows('select * from loans order by id');

  const after = await openWith(...migrations, LoanApr1763700000173);
  await migrate(after);
  expect(await sql.rows('select distinct apr from loans')).toEqual([{ apr: null }]);
  await after.dataSource.undoLastMigration();
  await after.close();
  expect(await sql.rows('select * from loans order by id')).toEqual(before);
});

test('the first daily check looks at each active loan that nobody knows the next change of', async () => {
  const migrations = [Billing1763700000002, Instalments1763700000160];
  const without = await openWith(...migrations);
  await migrate(without);
  await without.close();
  await sql.rows(`update loans set disbursed_on = date '2026-01-01' where maturity_date is null`);
  await sql.rows(`update loans set status = 'paid' where id = (select id from loans order by id limit 1)`);
  const before = await sql.rows('select * from loans order by id');

  const after = await openWith(...migrations, Delinquency1763700000192);
  await migrate(after);
  const found = await sql.rows('select status, next_change_on::text, pauses from loans order by id');
  expect(found).toEqual([
    { status: 'paid', next_change_on: null, pauses: null },
    { status: 'active', next_change_on: '2026-01-01', pauses: null },
  ]);
  await after.dataSource.undoLastMigration();
  await after.close();
  expect(await sql.rows('select * from loans order by id')).toEqual(before);
});

test('loans from before income was earned by days have none to book, and their instalments ask what they asked', async () => {
  const migrations = [Billing1763700000002, Instalments1763700000160, LateCharges1763700000180];
  const without = await openWith(...migrations);
  await migrate(without);
  await without.close();
  const none = { principal: '0', interest: '0', fee: '0', penalty: '0' };
  const additions = {
    charged: { ...none, fee: '7' },
    grown: { ...none, penalty: '5' },
    waived: { ...none, penalty: '2' },
  };
  await sql.rows('update loans set additions = $1', [{ 1: additions }]);
  const [loans, instalments] = [
    'select * from loans order by id',
    'select * from instalments order by loan_id, number',
  ];
  const before = [await sql.rows(loans), await sql.rows(instalments)];

  const after = await openWith(...migrations, Ledger1763700000200);
  await migrate(after);
  expect(await sql.rows('select distinct booked_through, books_open_from() as open_from from loans')).toEqual([
    { booked_through: null, open_from: null },
  ]);
  const [first] = await sql.rows(
    `select asked_principal - principal as principal, asked_interest - interest as interest, asked_fee - fee as fee,
            asked_penalty as penalty from instalments where number = 1 limit 1`,
  );
  expect(Object.values(first ?? {}).map(Number)).toEqual([0, 0, 7, 3]);
  await after.dataSource.undoLastMigration();
  await after.close();
  expect([await sql.rows(loans), await sql.rows(instalments)]).toEqual(before);
});

test('limits from before policies count as set, and are left alone when the policies go', async () => {
  await sql.rows(`update customers set credit_limit = 700, limit_currency = 'EUR'`);
  const before = await sql.rows('select * from customers order by id');

  const after = await openWith(Billing1763700000002, Instalments1763700000160, LimitPolicies1763700000250);
  await migrate(after);
  expect(await sql.rows('select distinct credit_limit, limit_policy from customers')).toEqual([
    { credit_limit: '700', limit_policy: null },
  ]);
  await after.dataSource.undoLastMigration();
  await after.close();
  expect(await sql.rows('select * from customers order by id')).toEqual(before);
});
