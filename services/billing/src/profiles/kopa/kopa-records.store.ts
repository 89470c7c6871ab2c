import type { NumberedKind } from '@tenor/profile-kit';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { LoanKey } from '../../loans/journal.store.ts';
import { KOPA_PRODUCT } from './kopa-words.ts';

export const kopaCustomers: NumberedKind = { profile: 'kopa', kind: 'customer' };
export const kopaLoans: NumberedKind = { profile: 'kopa', kind: 'loan' };

export interface Page {
  readonly offset: number;
  readonly limit: number;
}
interface KeyRow {
  readonly loan_id: string;
  readonly customer_id: string;
}

const countCustomers = statement(
  'kopa_customers_count',
  `select count(*)::integer as count from customers where status = 'active'`,
);
const pageCustomers = statement(
  'kopa_customers_page',
  `select id from customers where status = 'active' order by id limit $1 offset $2`,
);
const keepDeleted = statement(
  'kopa_customers_delete',
  `insert into kopa_deleted_customers (customer_id, version) values ($1, $2)
   on conflict (customer_id) do update set version = excluded.version`,
);
const selectDeleted = statement(
  'kopa_customers_deleted',
  'select version from kopa_deleted_customers where customer_id = $1',
);
// By the letter, so that the index of these loans alone is used.
const shownLoans = `from loans l where l.product_code = '${KOPA_PRODUCT}'
   and not exists (select from kopa_changed_applications a where a.customer_id = l.customer_id and a.loan_id = l.id)`;
const countLoans = statement('kopa_loans_count', `select count(*)::integer as count ${shownLoans}`);
const pageLoans = statement(
  'kopa_loans_page',
  `select l.id as loan_id, l.customer_id ${shownLoans} order by l.id limit $1 offset $2`,
);
const latestLoan = statement(
  'kopa_loans_latest',
  `select l.id as loan_id, l.customer_id ${shownLoans} and l.customer_id = $1 order by l.id desc limit 1`,
);
const keepChanged = statement(
  'kopa_loans_change',
  'insert into kopa_changed_applications (customer_id, loan_id) values ($1, $2)',
);

const toKey = (row: KeyRow): LoanKey => ({ loanId: row.loan_id, customerId: row.customer_id });

/** Of the customers that this API shows: the active ones. */
export async function customersShown(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(countCustomers);
  return row?.count ?? 0;
}

/** Oldest first. */
export async function pageOfCustomers(sql: Sql, { limit, offset }: Page): Promise<string[]> {
  return (await sql.query<{ id: string }>(pageCustomers, [limit, offset])).map(({ id }) => id);
}

/** Keeps at which version a customer was deleted. */
export function keepDeletion(sql: Transaction, customerId: string, version: number): void {
  sql.write(keepDeleted, [customerId, version]);
}

/** At which version a customer was deleted last; undefined for one who never was. */
export async function deletedVersion(sql: Sql, customerId: string): Promise<number | undefined> {
  const [row] = await sql.query<{ version: number }>(selectDeleted, [customerId]);
  return row?.version;
}

/** Of the loans that this API shows: those of its product, but for applications that others took the place of. */
export async function loansShown(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(countLoans);
  return row?.count ?? 0;
}

/** Oldest first. */
export async function pageOfShownLoans(sql: Sql, { limit, offset }: Page): Promise<LoanKey[]> {
  return (await sql.query<KeyRow>(pageLoans, [limit, offset])).map(toKey);
}

export async function latestLoanOf(sql: Sql, customerId: string): Promise<LoanKey | undefined> {
  const [row] = await sql.query<KeyRow>(latestLoan, [customerId]);
  return row && toKey(row);
}

/** Keeps that another application took this one's place. */
export function keepChange(sql: Transaction, { customerId, loanId }: LoanKey): void {
  sql.write(keepChanged, [customerId, loanId]);
}
