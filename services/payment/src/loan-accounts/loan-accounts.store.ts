import { date } from '@tenor/calendar';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { LoanAccount } from './loan-account.ts';

interface LoanAccountRow {
  customer_id: string;
  loan_id: string;
  external_ref: string | null;
  currency: string;
  status: LoanAccount['status'];
  payment_policy: LoanAccount['paymentPolicy'];
  overpayment: LoanAccount['overpayment'];
  disbursed_on: string | null;
  due_dates: string[];
  unpaid: bigint[];
  outstanding: bigint;
  last_sequence: bigint;
  late_growth: LoanAccount['lateGrowth'];
  time_zone: string | null;
  written_off_on: string | null;
  written_off: bigint | null;
}

const columns = `customer_id, loan_id, external_ref, currency, status, payment_policy, overpayment, disbursed_on,
  due_dates, unpaid, outstanding, last_sequence, late_growth, time_zone, written_off_on, written_off`;

// Customer by customer, by the key: a plan made while the table was empty would read all of it.
const ofCustomers = statement(
  'loan_accounts_of_customers',
  `select l.* from unnest($1::uuid[]) as c (id)
   cross join lateral (select ${columns} from loan_accounts where customer_id = c.id order by loan_id offset 0) l`,
);
const byKeys = statement(
  'loan_accounts_by_keys',
  `select ${columns} from loan_accounts
    where customer_id = any($1::uuid[]) and loan_id = any($2::uuid[])`,
);
const byRef = statement(
  'loan_accounts_by_ref',
  `select ${columns} from loan_accounts where external_ref = $1 order by loan_id limit 1`,
);
const holder = statement('loan_accounts_holder', 'select customer_id from loan_accounts where loan_id = $1 limit 1');
// Arrays differ in length from loan to loan, which unnest cannot take: they travel as array literals.
const save = statement(
  'loan_accounts_save',
  `insert into loan_accounts (customer_id, loan_id, external_ref, currency, status, payment_policy, overpayment,
          disbursed_on, due_dates, unpaid, outstanding, last_sequence, late_growth, time_zone,
          written_off_on, written_off)
   select customer_id, loan_id, external_ref, currency, status, payment_policy, overpayment, disbursed_on,
          due_dates::date[], unpaid::bigint[], outstanding, last_sequence, late_growth::jsonb, time_zone,
          written_off_on, written_off
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[],
                 $9::text[], $10::text[], $11::bigint[], $12::bigint[], $13::text[], $14::text[], $15::date[], $16::bigint[])
       as new(customer_id, loan_id, external_ref, currency, status, payment_policy, overpayment, disbursed_on,
              due_dates, unpaid, outstanding, last_sequence, late_growth, time_zone, written_off_on, written_off)
   on conflict (customer_id, loan_id) do update
      set external_ref = excluded.external_ref, payment_policy = excluded.payment_policy,
          overpayment = excluded.overpayment, status = excluded.status, disbursed_on = excluded.disbursed_on, due_dates = excluded.due_dates,
          unpaid = excluded.unpaid, outstanding = excluded.outstanding, last_sequence = excluded.last_sequence,
          late_growth = excluded.late_growth, time_zone = excluded.time_zone,
          written_off_on = excluded.written_off_on, written_off = excluded.written_off`,
);

/** All loans of these customers, each customer's in the order of their ids. */
export async function loanAccountsOf(sql: Sql, customerIds: readonly string[]): Promise<LoanAccount[]> {
  const rows = await sql.query<LoanAccountRow>(ofCustomers, [customerIds]);
  return rows.map(toLoanAccount);
}

/** The known ones among the named loans, by loan id. */
export async function loadLoanAccounts(
  sql: Sql,
  keys: readonly { customerId: string; loanId: string }[],
): Promise<Map<string, LoanAccount>> {
  if (keys.length === 0) return new Map();
  const rows = await sql.query<LoanAccountRow>(byKeys, [
    keys.map(({ customerId }) => customerId),
    keys.map(({ loanId }) => loanId),
  ]);
  return new Map(rows.map((row) => [row.loan_id, toLoanAccount(row)]));
}

/** The loan that stands for what clients call it. */
export async function loanAccountByRef(sql: Sql, ref: string): Promise<LoanAccount | undefined> {
  const [row] = await sql.query<LoanAccountRow>(byRef, [ref]);
  return row && toLoanAccount(row);
}

/** The customer whose loan it is; undefined for one that billing has not told of. */
export async function holderOf(sql: Sql, loanId: string): Promise<string | undefined> {
  const [row] = await sql.query<{ customer_id: string }>(holder, [loanId]);
  return row?.customer_id;
}

export function saveLoanAccounts(sql: Transaction, accounts: readonly LoanAccount[]): void {
  if (accounts.length === 0) return;
  sql.write(save, [
    accounts.map(({ customerId }) => customerId),
    accounts.map(({ loanId }) => loanId),
    accounts.map(({ externalRef }) => externalRef),
    accounts.map(({ currency }) => currency),
    accounts.map(({ status }) => status),
    accounts.map(({ paymentPolicy }) => paymentPolicy),
    accounts.map(({ overpayment }) => overpayment),
    accounts.map(({ disbursedOn }) => disbursedOn),
    accounts.map(({ dueDates }) => `{${dueDates.join(',')}}`),
    accounts.map(({ unpaid }) => `{${unpaid.join(',')}}`),
    accounts.map(({ outstanding }) => outstanding),
    accounts.map(({ lastSequence }) => lastSequence),
    accounts.map(({ lateGrowth }) => lateGrowth && JSON.stringify(lateGrowth)),
    accounts.map(({ timeZone }) => timeZone),
    accounts.map(({ writtenOff }) => writtenOff?.on ?? null),
    accounts.map(({ writtenOff }) => writtenOff?.amount ?? null),
  ]);
}

function toLoanAccount(row: LoanAccountRow): LoanAccount {
  return {
    customerId: row.customer_id,
    loanId: row.loan_id,
    externalRef: row.external_ref,
    currency: row.currency,
    status: row.status,
    paymentPolicy: row.payment_policy,
    overpayment: row.overpayment,
    disbursedOn: row.disbursed_on === null ? null : date(row.disbursed_on),
    dueDates: row.due_dates.map((dueDate) => date(dueDate)),
    unpaid: row.unpaid,
    outstanding: row.outstanding,
    lastSequence: row.last_sequence,
    lateGrowth: row.late_growth,
    timeZone: row.time_zone,
    writtenOff: row.written_off_on === null ? null : { on: date(row.written_off_on), amount: row.written_off ?? 0n },
  };
}
