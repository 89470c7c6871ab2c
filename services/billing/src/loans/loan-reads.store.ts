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

/** What one customer's loans in one currency come to, in minor units. */
export interface CustomerStanding {
  /** Principal requested on pending and approved loans plus unpaid principal of active ones (domain.md §10). */
  readonly exposure: bigint;
}

interface KeyRow {
  loan_id: string;
  customer_id: string;
}
interface StandingRow {
  customer_id: string;
  currency: string;
  exposure: string;
}
const toKey = ({ loan_id: loanId, customer_id: customerId }: KeyRow): LoanKey => ({ loanId, customerId });

const selectKey = statement(
  'loan_directory_find',
  'select loan_id, customer_id from loan_directory where loan_id = $1',
);
const insertKeys = statement(
  'loan_directory_insert',
  'insert into loan_directory (loan_id, customer_id) select * from unnest($1::uuid[], $2::uuid[])',
);
const claimExternal = statement(
  'loan_external_ids_claim',
  `insert into loan_external_ids (external_id, loan_id, customer_id)
     select * from unnest($1::text[], $2::uuid[], $3::uuid[]) on conflict (external_id) do nothing returning loan_id`,
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
const selectExposures = statement(
  'loans_exposures',
  `select s.* from unnest($1::uuid[]) as c (id)
   cross join lateral (
     select customer_id, currency,
            coalesce(sum(case when status in ('pending', 'approved') then (select sum(owed) from unnest(principals) owed)
                              else outstanding_principal end)
                       filter (where status in ('pending', 'approved', 'active')), 0)::text as exposure
       from loans where customer_id = c.id group by customer_id, currency) s`,
);
const selectOpenCounts = statement(
  'loans_open_counts',
  `select customer_id, product_code, count(*)::integer as open from loans
    where customer_id = any($1::uuid[]) and product_code = any($2::text[]) and status in ('pending', 'approved', 'active')
    group by customer_id, product_code`,
);
const selectOpen = statement(
  'loans_open',
  `select id from loans where customer_id = $1 and status in ('pending', 'approved', 'active') limit 1`,
);
const selectInCurrencies = statement(
  'loans_in_currencies',
  `select l.id as loan_id, l.customer_id
     from unnest($1::uuid[], $2::text[]) as c (customer_id, currency)
     join loans l on l.customer_id = c.customer_id and l.currency = c.currency
    order by l.id`,
);
const selectSoleCurrencies = statement(
  'loans_sole_currencies',
  `select customer_id, min(currency) as currency from loans where customer_id = any($1::uuid[])
    group by customer_id having min(currency) = max(currency)`,
);
const selectCounts = statement(
  'loans_counts',
  'select customer_id, count(*)::integer as loans from loans where customer_id = any($1::uuid[]) group by customer_id',
);

const selectNames = statement(
  'loans_names',
  `select l.id as loan_id, l.customer_id, l.external_id from unnest($1::uuid[]) as k (id)
    cross join lateral (select customer_id from loan_directory where loan_id = k.id limit 1) d
    cross join lateral (select id, customer_id, external_id from loans
                         where customer_id = d.customer_id and id = k.id limit 1) l`,
);
const selectByExternalIds = statement(
  'loans_by_external_ids',
  'select loan_id, customer_id, external_id from loan_external_ids where external_id = any($1::text[])',
);

/** A loan with what its client calls it. */
export interface NamedLoan extends LoanKey {
  readonly externalId: string | null;
}
const toNamed = (row: KeyRow & { external_id: string | null }): NamedLoan => ({
  ...toKey(row),
  externalId: row.external_id,
});

/** The known ones among these loans, with their external ids. */
export async function loanNames(sql: Sql, loanIds: readonly string[]): Promise<NamedLoan[]> {
  return (await sql.query<KeyRow & { external_id: string | null }>(selectNames, [loanIds])).map(toNamed);
}

/** The loans that are called so. */
export async function loansByExternalIds(sql: Sql, externalIds: readonly string[]): Promise<NamedLoan[]> {
  return (await sql.query<KeyRow & { external_id: string }>(selectByExternalIds, [externalIds])).map(toNamed);
}

/** Which customer a loan belongs to; undefined for an unknown loan. */
export async function findLoanKey(sql: Sql, loanId: string): Promise<LoanKey | undefined> {
  const [row] = await sql.query<KeyRow>(selectKey, [loanId]);
  return row && toKey(row);
}

export type NewLoanKey = NamedLoan;

/** Puts new loans into the directories; returns the ids of those whose external id was free. */
export async function registerLoans(sql: Transaction, loans: readonly NewLoanKey[]): Promise<Set<string>> {
  const named = loans.filter(({ externalId }) => externalId !== null);
  const claimed = named.length === 0 ? new Set() : await claimExternalIds(sql, named);
  const registered = loans.filter(({ loanId, externalId }) => externalId === null || claimed.has(loanId));
  if (registered.length > 0) {
    sql.write(insertKeys, [registered.map(({ loanId }) => loanId), registered.map(({ customerId }) => customerId)]);
  }
  return new Set(registered.map(({ loanId }) => loanId));
}

async function claimExternalIds(sql: Sql, named: readonly NewLoanKey[]): Promise<Set<string>> {
  const rows = await sql.query<{ loan_id: string }>(claimExternal, [
    named.map(({ externalId }) => externalId),
    named.map(({ loanId }) => loanId),
    named.map(({ customerId }) => customerId),
  ]);
  return new Set(rows.map((row) => row.loan_id));
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
  return (await standingsOf(sql, [customerId]))(customerId, currency);
}

/** How many loans of each product each of the customers has pending, approved or active. */
export async function openLoanCounts(
  sql: Sql,
  asked: readonly { readonly customerId: string; readonly product: string }[],
): Promise<(customerId: string, product: string) => number> {
  if (asked.length === 0) return () => 0;
  const values = [asked.map(({ customerId }) => customerId), asked.map(({ product }) => product)];
  const rows = await sql.query<{ customer_id: string; product_code: string; open: number }>(selectOpenCounts, values);
  return (customerId, product) =>
    rows.find((row) => row.customer_id === customerId && row.product_code === product)?.open ?? 0;
}

/** Whether a loan of the customer is pending, approved or active. */
export async function hasOpenLoan(sql: Sql, customerId: string): Promise<boolean> {
  return (await sql.query(selectOpen, [customerId])).length > 0;
}

/** The standing of each of the customers, by customer and currency. */
export async function standingsOf(
  sql: Sql,
  customerIds: readonly string[],
): Promise<(customerId: string, currency: string) => CustomerStanding> {
  const rows = await sql.query<StandingRow>(selectExposures, [customerIds]);
  return (customerId, currency) => {
    const row = rows.find((each) => each.customer_id === customerId && each.currency === currency);
    return { exposure: BigInt(row?.exposure ?? 0) };
  };
}

/** The loans of each customer in the currency beside it. */
export async function loansInCurrencies(
  sql: Sql,
  asked: readonly { readonly customerId: string; readonly currency: string }[],
): Promise<LoanKey[]> {
  const values = [asked.map(({ customerId }) => customerId), asked.map(({ currency }) => currency)];
  return (await sql.query<KeyRow>(selectInCurrencies, values)).map(toKey);
}

/** The currency of each customer's loans, of those whose loans are all in one. */
export async function soleCurrencies(sql: Sql, customerIds: readonly string[]): Promise<Map<string, string>> {
  if (customerIds.length === 0) return new Map();
  const rows = await sql.query<{ customer_id: string; currency: string }>(selectSoleCurrencies, [customerIds]);
  return new Map(rows.map(({ customer_id, currency }) => [customer_id, currency]));
}

/** How many loans each customer has, whatever became of them; one without is left out. */
export async function loanCounts(sql: Sql, customerIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.query<{ customer_id: string; loans: number }>(selectCounts, [customerIds]);
  return new Map(rows.map(({ customer_id, loans }) => [customer_id, loans]));
}
