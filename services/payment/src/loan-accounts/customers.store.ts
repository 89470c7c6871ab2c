import { type Locking, type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { CustomerAccount } from './customer-account.ts';

interface CustomerRow {
  id: string;
  external_ref: string | null;
  status: CustomerAccount['status'];
  shortfalls: Readonly<Record<string, string>>;
  last_sequence: bigint;
}

const createCustomers = statement(
  'customer_accounts_create',
  `insert into customers (id) select unnest($1::uuid[]) order by 1 on conflict (id) do nothing`,
);
const lockAll = statement(
  'customer_accounts_lock',
  `select id, external_ref, status, shortfalls, last_sequence from customers where id = any($1::uuid[]) order by id for update`,
);
const lockFree = statement(
  'customer_accounts_lock_free',
  `select id, external_ref, status, shortfalls, last_sequence from customers where id = any($1::uuid[]) order by id
     for update skip locked`,
);
const saveCustomers = statement(
  'customer_accounts_save',
  `update customers set external_ref = new.external_ref, status = new.status, shortfalls = new.shortfalls,
          last_sequence = new.last_sequence
     from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::bigint[])
       as new(id, external_ref, status, shortfalls, last_sequence)
    where customers.id = new.id`,
);
const selectByRef = statement(
  'customer_accounts_by_ref',
  'select external_ref, id from customers where external_ref = any($1::text[])',
);
const customerExists = statement('customer_accounts_exists', 'select id from customers where id = $1');

/** Locks the customers' rows in the order of their ids, creating those seen for the first time. */
export async function takeCustomers(sql: Transaction, ids: readonly string[]): Promise<Map<string, CustomerAccount>> {
  sql.write(createCustomers, [ids]);
  return lockCustomers(sql, ids);
}

/** Locks the rows of those customers that billing has told of, in the order of their ids. */
export async function lockCustomers(
  sql: Sql,
  ids: readonly string[],
  locking: Locking = 'wait',
): Promise<Map<string, CustomerAccount>> {
  const rows = await sql.query<CustomerRow>(locking === 'wait' ? lockAll : lockFree, [ids]);
  return new Map(rows.map((row) => [row.id, toCustomer(row)]));
}

/** Locks one customer's row; undefined for a customer that billing has not told of yet. */
export async function lockCustomer(sql: Sql, id: string): Promise<CustomerAccount | undefined> {
  return (await lockCustomers(sql, [id])).get(id);
}

export function saveCustomerAccounts(sql: Transaction, customers: readonly CustomerAccount[]): void {
  if (customers.length === 0) return;
  sql.write(saveCustomers, [
    customers.map(({ id }) => id),
    customers.map(({ externalRef }) => externalRef),
    customers.map(({ status }) => status),
    // Amounts as text: a JSON number would pass through a float.
    customers.map(({ shortfalls }) => JSON.stringify(Object.fromEntries(mapped(shortfalls)))),
    customers.map(({ lastSequence }) => lastSequence),
  ]);
}

/** Ids of customers by what stands for the external ids that clients call them by. */
export async function customersByRef(sql: Sql, refs: readonly string[]): Promise<Map<string, string>> {
  if (refs.length === 0) return new Map();
  const rows = await sql.query<{ external_ref: string; id: string }>(selectByRef, [refs]);
  return new Map(rows.map(({ external_ref: ref, id }) => [ref, id]));
}

export async function knowsCustomer(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql.query(customerExists, [id]);
  return rows.length > 0;
}

const mapped = (shortfalls: CustomerAccount['shortfalls']): (readonly [string, string])[] =>
  [...shortfalls].map(([currency, minor]) => [currency, `${minor}`] as const);

function toCustomer(row: CustomerRow): CustomerAccount {
  return {
    id: row.id,
    externalRef: row.external_ref,
    status: row.status,
    shortfalls: new Map(Object.entries(row.shortfalls).map(([currency, minor]) => [currency, BigInt(minor)])),
    lastSequence: row.last_sequence,
  };
}
