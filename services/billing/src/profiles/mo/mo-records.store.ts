import type { NumberedKind } from '@tenor/profile-kit';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';

export const moCustomers: NumberedKind = { profile: 'mo', kind: 'customer' };
export const moLoans: NumberedKind = { profile: 'mo', kind: 'loan' };

const insertCustomers = statement(
  'mo_customers_insert',
  'insert into mo_customers (customer_id, preapproved_at) select * from unnest($1::uuid[], $2::timestamptz[])',
);
const selectCustomers = statement(
  'mo_customers_select',
  'select customer_id, preapproved_at from mo_customers where customer_id = any($1::uuid[])',
);
const insertLoans = statement(
  'mo_loans_insert',
  'insert into mo_loans (loan_id, contract_version) select * from unnest($1::uuid[], $2::text[])',
);
const selectLoans = statement(
  'mo_loans_select',
  'select loan_id, contract_version from mo_loans where loan_id = any($1::uuid[])',
);

/** Keeps when customers were approved beforehand, by what their creator said. RFC 3339. */
export function keepPreapprovals(
  sql: Transaction,
  customers: readonly { readonly id: string; readonly preapprovedAt: string }[],
): void {
  if (customers.length === 0) return;
  sql.write(insertCustomers, [customers.map(({ id }) => id), customers.map(({ preapprovedAt }) => preapprovedAt)]);
}

export async function preapprovalsOf(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.query<{ customer_id: string; preapproved_at: string }>(selectCustomers, [ids]);
  return new Map(rows.map((row) => [row.customer_id, row.preapproved_at]));
}

/** Keeps the versions of the contracts that loans were made by. */
export function keepContractVersions(
  sql: Transaction,
  loans: readonly { readonly id: string; readonly contractVersion: string }[],
): void {
  if (loans.length === 0) return;
  sql.write(insertLoans, [loans.map(({ id }) => id), loans.map(({ contractVersion }) => contractVersion)]);
}

export async function contractVersionsOf(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.query<{ loan_id: string; contract_version: string }>(selectLoans, [ids]);
  return new Map(rows.map((row) => [row.loan_id, row.contract_version]));
}
