import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { LoanKey } from './journal.store.ts';
import type { LoanState } from './loan.ts';

export interface LoanFilter {
  readonly customerId?: string;
  readonly externalId?: string;
  readonly status?: LoanState['status'];
  readonly product?: string;
  readonly currency?: string;
  /** The page goes on below this id. */
  readonly before?: string;
  readonly limit: number;
}

/** Sums of one customer's loans in one currency, minor units. */
export interface CustomerStanding {
  /** Principal requested on pending and approved loans plus unpaid principal of active ones (domain.md §10). */
  readonly exposure: bigint;
  readonly outstanding: bigint;
  /** The latest recorded instant of any of them. */
  readonly knownAt: string | null;
}

interface KeyRow {
  loan_id: string;
  customer_id: string;
}
const toKey = ({ loan_id: loanId, customer_id: customerId }: KeyRow): LoanKey => ({ loanId, customerId });

const selectKey = statement(
  'loan_directory_find',
  'select loan_id, customer_id from loan_directory where loan_id = $1',
);
const insertKey = statement(
  'loan_directory_insert',
  'insert into loan_directory (loan_id, customer_id) values ($1, $2)',
);
const claimExternal = statement(
  'loan_external_ids_claim',
  `insert into loan_external_ids (external_id, loan_id, customer_id) values ($1, $2, $3)
     on conflict (external_id) do nothing returning loan_id`,
);
// Only the conditions that are asked for: one text for all of them would be planned for none of them.
const conditions = {
  customerId: 'customer_id = ?::uuid',
  externalId: 'id = (select loan_id from loan_external_ids where external_id = ?)',
  status: 'status = ?',
  product: 'product_code = ?',
  currency: 'currency = ?',
  before: 'id < ?::uuid',
} as const satisfies Partial<Record<keyof LoanFilter, string>>;
type Condition = keyof typeof conditions;

const selectOfCustomer = statement(
  'loans_of_customer',
  `select id as loan_id, customer_id from loans where customer_id = $1 and ($2::text is null or currency = $2) order by id`,
);
const selectStanding = statement(
  'loans_standing',
  `select coalesce(sum(case when status in ('pending', 'approved') then principal else outstanding_principal end)
                     filter (where status in ('pending', 'approved', 'active')), 0)::text as exposure,
          coalesce(sum(outstanding) filter (where status = 'active'), 0)::text as outstanding,
          max(head_recorded_at) as known_at
     from loans where customer_id = $1 and currency = $2`,
);
const selectCurrencies = statement('loans_currencies', 'select distinct currency from loans where customer_id = $1');

/** Which customer a loan belongs to; undefined for an unknown loan. */
export async function findLoanKey(sql: Sql, loanId: string): Promise<LoanKey | undefined> {
  const [row] = await sql.query<KeyRow>(selectKey, [loanId]);
  return row && toKey(row);
}

/** Puts a new loan into the directories; false when its external id is taken. */
export async function registerLoan(
  sql: Transaction,
  { loanId, customerId }: LoanKey,
  externalId: string | null,
): Promise<boolean> {
  if (externalId !== null) {
    const claimed = await sql.query(claimExternal, [externalId, loanId, customerId]);
    if (claimed.length === 0) return false;
  }
  sql.write(insertKey, [loanId, customerId]);
  return true;
}

/** Newest first. */
export async function pageOfLoans(sql: Sql, filter: LoanFilter): Promise<LoanKey[]> {
  const asked = (Object.keys(conditions) as Condition[]).filter((name) => filter[name] !== undefined);
  const where = asked.map((name, index) => conditions[name].replace('?', `$${index + 1}`));
  const page = statement(
    `loans_page_${asked.join('_')}`,
    `select id as loan_id, customer_id from loans ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
      order by id desc limit $${asked.length + 1}`,
  );
  const values = [...asked.map((name) => filter[name]), filter.limit];
  return (await sql.query<KeyRow>(page, values)).map(toKey);
}

export async function loansOfCustomer(sql: Sql, customerId: string, currency: string | null): Promise<LoanKey[]> {
  return (await sql.query<KeyRow>(selectOfCustomer, [customerId, currency])).map(toKey);
}

export async function standingOf(sql: Sql, customerId: string, currency: string): Promise<CustomerStanding> {
  const [row] = await sql.query<{ exposure: string; outstanding: string; known_at: string | null }>(selectStanding, [
    customerId,
    currency,
  ]);
  return {
    exposure: BigInt(row?.exposure ?? 0),
    outstanding: BigInt(row?.outstanding ?? 0),
    knownAt: row?.known_at ?? null,
  };
}

/** The currencies of the customer's loans. */
export async function loanCurrencies(sql: Sql, customerId: string): Promise<string[]> {
  return (await sql.query<{ currency: string }>(selectCurrencies, [customerId])).map(({ currency }) => currency);
}
