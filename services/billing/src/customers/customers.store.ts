import type { Money } from '@tenor/money';
import { externalRef, type Locking, type Sql, type Statement, statement, type Transaction } from '@tenor/service-kit';
import type { Customer, CustomerStatus } from './customer.ts';
import type { LimitPolicy } from './limit-policy.ts';
import {
  decodePersonalData,
  encodePersonalData,
  incomeOf,
  type PersonalData,
  searchWords,
  wordsOf,
} from './personal-data.ts';

/** A customer whose row is locked: the right to write anything of that customer. */
export interface LockedCustomer extends Customer {
  readonly eventSequence: bigint;
}
export interface FullCustomer {
  readonly customer: Customer;
  readonly personal: PersonalData;
}
export interface CustomerFilter {
  readonly id?: string | undefined;
  readonly status?: CustomerStatus | undefined;
  readonly externalId?: string | undefined;
  readonly text?: string | undefined;
  /** The page goes on below this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

interface CustomerRow {
  id: string;
  external_ref: string;
  status: CustomerStatus;
  credit_limit: bigint | null;
  limit_currency: string | null;
  limit_policy: LimitPolicy | null;
  version: number;
  event_sequence: bigint;
  created_at: string;
}
type FullRow = CustomerRow & { data: string };

const columns =
  'c.id, c.external_ref, c.status, c.credit_limit, c.limit_currency, c.limit_policy, c.version, c.event_sequence, c.created_at';

const claimExternalRefs = statement(
  'customers_claim_external_refs',
  `insert into customer_external_refs (external_ref, customer_id)
     select * from unnest($1::text[], $2::uuid[]) as new (external_ref, customer_id) order by external_ref
     on conflict (external_ref) do nothing returning customer_id`,
);
const insertRows = statement(
  'customers_insert_all',
  `insert into customers (id, external_ref, status, credit_limit, limit_currency, limit_policy)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[])
     returning id, created_at`,
);
const insertAllData = statement(
  'customers_insert_all_data',
  `insert into customer_personal_data (customer_id, data, search_tokens)
     select customer_id, data, search_tokens::text[]
       from unnest($1::uuid[], $2::text[], $3::text[]) as new (customer_id, data, search_tokens)`,
);
const updateData = statement(
  'customers_update_data',
  'update customer_personal_data set data = $2, search_tokens = $3::text[] where customer_id = $1',
);
const updateRow = statement(
  'customers_update',
  `update customers set status = $2, credit_limit = $3, limit_currency = $4, limit_policy = $5, version = $6
    where id = $1`,
);
const lockRows = statement(
  'customers_lock',
  `select ${columns} from customers c where c.id = any($1::uuid[]) order by c.id for update`,
);
const lockFreeRows = statement(
  'customers_lock_free',
  `select ${columns} from customers c where c.id = any($1::uuid[]) order by c.id for update skip locked`,
);
const saveSequences = statement(
  'customers_save_sequences',
  `update customers set event_sequence = new.event_sequence
     from unnest($1::uuid[], $2::bigint[]) as new(id, event_sequence) where customers.id = new.id`,
);
const selectOne = statement('customers_select', `select ${columns} from customers c where c.id = $1`);
const selectData = statement(
  'customers_select_data',
  'select customer_id, data from customer_personal_data where customer_id = any($1::uuid[])',
);
const selectFull = statement(
  'customers_select_full',
  `select ${columns}, d.data from customers c join customer_personal_data d on d.customer_id = c.id where c.id = any($1::uuid[])`,
);
// Only the conditions that are asked for: one text for all of them would be planned for none of them.
const conditions = {
  id: 'c.id = ?::uuid',
  status: 'c.status = ?',
  ref: 'c.id = (select customer_id from customer_external_refs where external_ref = ?)',
  words: 'd.search_tokens @> ?::text[]',
  before: 'c.id < ?::uuid',
} as const;
type Condition = keyof typeof conditions;

function pageStatement(asked: readonly Condition[]): Statement {
  const where = asked.map((name, index) => conditions[name].replace('?', `$${index + 1}`));
  return statement(
    `customers_page_${asked.join('_')}`,
    `select ${columns}, d.data from customers c join customer_personal_data d on d.customer_id = c.id
      ${where.length === 0 ? '' : `where ${where.join(' and ')}`} order by c.id desc limit $${asked.length + 1}`,
  );
}

const toCustomer = (row: CustomerRow): LockedCustomer => ({
  id: row.id,
  externalRef: row.external_ref,
  status: row.status,
  creditLimit: toMoney(row.credit_limit, row.limit_currency),
  limitPolicy: row.limit_policy,
  version: row.version,
  eventSequence: row.event_sequence,
  createdAt: row.created_at,
});
const toMoney = (minor: bigint | null, currency: string | null): Money | null =>
  minor === null || currency === null ? null : { minor, currency };
const limitOf = ({ creditLimit, limitPolicy }: Pick<Customer, 'creditLimit' | 'limitPolicy'>) => [
  creditLimit?.minor ?? null,
  creditLimit?.currency ?? null,
  limitPolicy,
];
const toFull = (row: FullRow): FullCustomer => ({ customer: toCustomer(row), personal: decodePersonalData(row.data) });

/** Reads and writes customers. `refKey` is the secret under which external ids and search words become references. */
export function customersStore(refKey: string) {
  const tokens = (words: readonly string[]): string[] => words.map((word) => externalRef(refKey, `word:${word}`));
  return {
    refOf: (externalId: string): string => externalRef(refKey, externalId),
    /** For the log of data changes. */
    hashOf: (text: string): string => externalRef(refKey, `audit:${text}`),

    /** Stores new customers, each of another external id; returns when, by id, of those whose external id was free. */
    async insertAll(
      sql: Transaction,
      added: readonly { readonly customer: Omit<Customer, 'createdAt'>; readonly personal: PersonalData }[],
    ): Promise<ReadonlyMap<string, string>> {
      const claimed = await sql.query<{ customer_id: string }>(claimExternalRefs, [
        added.map(({ customer }) => customer.externalRef),
        added.map(({ customer }) => customer.id),
      ]);
      const ids = new Set(claimed.map(({ customer_id: id }) => id));
      const stored = added.filter(({ customer }) => ids.has(customer.id));
      if (stored.length === 0) return new Map();
      const inserted = sql.query<{ id: string; created_at: string }>(insertRows, [
        stored.map(({ customer }) => customer.id),
        stored.map(({ customer }) => customer.externalRef),
        stored.map(({ customer }) => customer.status),
        stored.map(({ customer }) => customer.creditLimit?.minor ?? null),
        stored.map(({ customer }) => customer.creditLimit?.currency ?? null),
        stored.map(({ customer }) => customer.limitPolicy),
      ]);
      sql.write(insertAllData, [
        stored.map(({ customer }) => customer.id),
        stored.map(({ personal }) => encodePersonalData(personal)),
        stored.map(({ personal }) => `{${tokens(searchWords(personal)).join(',')}}`),
      ]);
      return new Map((await inserted).map((row) => [row.id, row.created_at]));
    },

    async update(sql: Sql, customer: Customer, personal: PersonalData): Promise<void> {
      const { id, status, version } = customer;
      await sql.query(updateRow, [id, status, ...limitOf(customer), version]);
      await sql.query(updateData, [id, encodePersonalData(personal), tokens(searchWords(personal))]);
    },

    async find(sql: Sql, id: string): Promise<FullCustomer | undefined> {
      const [row] = await sql.query<FullRow>(selectFull, [[id]]);
      return row && toFull(row);
    },

    /** By id; one that does not exist is left out. */
    async findAll(sql: Sql, ids: readonly string[]): Promise<Map<string, FullCustomer>> {
      const rows = await sql.query<FullRow>(selectFull, [ids]);
      return new Map(rows.map((row) => [row.id, toFull(row)]));
    },

    /** Newest first. */
    async page(sql: Sql, { id, status, externalId, text, before, limit }: CustomerFilter): Promise<FullCustomer[]> {
      const ref = externalId === undefined ? undefined : externalRef(refKey, externalId);
      const words = text === undefined ? undefined : tokens(wordsOf(text));
      const values = { id, status, ref, words, before };
      const asked = (Object.keys(conditions) as Condition[]).filter((name) => values[name] !== undefined);
      const found = await sql.query<FullRow>(pageStatement(asked), [...asked.map((name) => values[name]), limit]);
      return found.map(toFull);
    },
  };
}
export type CustomersStore = ReturnType<typeof customersStore>;

/** Locks the customers' rows in the order of their ids; one that does not exist is left out. */
export async function lockCustomers(
  sql: Sql,
  ids: readonly string[],
  locking: Locking = 'wait',
): Promise<Map<string, LockedCustomer>> {
  const rows = await sql.query<CustomerRow>(locking === 'wait' ? lockRows : lockFreeRows, [ids]);
  return new Map(rows.map((row) => [row.id, toCustomer(row)]));
}

/** The monthly incomes of these customers; one without is left out. */
export async function findIncomes(sql: Sql, ids: readonly string[]): Promise<Map<string, Money>> {
  const rows = await sql.query<{ customer_id: string; data: string }>(selectData, [ids]);
  const incomes = rows.map((row) => [row.customer_id, incomeOf(decodePersonalData(row.data))] as const);
  return new Map(incomes.flatMap(([id, income]) => (income === null ? [] : [[id, income]])));
}

/** What clients call these customers. */
export async function findExternalIds(sql: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql.query<{ customer_id: string; data: string }>(selectData, [ids]);
  return new Map(rows.map((row) => [row.customer_id, decodePersonalData(row.data).externalId]));
}

export async function findCustomer(sql: Sql, id: string): Promise<Customer | undefined> {
  const [row] = await sql.query<CustomerRow>(selectOne, [id]);
  return row && toCustomer(row);
}

/** Keeps how many events each customer, as a subject, has published. */
export function saveEventSequences(sql: Transaction, sequences: ReadonlyMap<string, bigint>): void {
  if (sequences.size > 0) sql.write(saveSequences, [[...sequences.keys()], [...sequences.values()]]);
}
