import { date } from '@tenor/calendar';
import { createBatcher, type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { Head, LoanKey } from './journal.store.ts';
import type { LoanInstalment, LoanState } from './loan.ts';
import type { Announced } from './loan-book.ts';

/** A loan's row: the stored projection, and where its journal, its events and its announcements stand. */
export interface StoredLoan {
  readonly state: LoanState;
  readonly head: Head;
  readonly eventSequence: bigint;
  readonly announced: Announced;
}

interface LoanRow {
  customer_id: string;
  id: string;
  external_id: string | null;
  product_code: string;
  product_version: number;
  currency: string;
  status: LoanState['status'];
  principal: bigint;
  terms: LoanState['terms'];
  policy: LoanState['policy'];
  disbursed_on: LoanState['disbursedOn'];
  maturity_date: LoanState['maturityDate'];
  credited: bigint;
  last_key: LoanState['lastKey'];
  head_seq: number;
  head_hash: string;
  head_recorded_at: string;
  event_sequence: bigint;
  announced_delinquent: boolean;
  announced_bucket: Announced['bucket'];
  /** As an array's text, `{2026-01-08,…}`; null for a loan without instalments, as `amounts`. */
  due_dates: string | null;
  /** `{{1,…},…}`: number, principal, interest, fee, balance after; then paid principal, interest, fee, penalty. */
  amounts: string | null;
}

// As two arrays, which cost Postgres half of what fifty rows or fifty JSON objects do.
const instalmentsOfLoan = `(
  select array_agg(i.due_date)::text as due_dates,
         array_agg(array[i.number, i.principal, i.interest, i.fee, i.balance_after, i.paid_principal, i.paid_interest,
                         i.paid_fee, i.paid_penalty])::text as amounts
    from (select * from instalments
           where customer_id = l.customer_id and loan_id = l.id and version = l.schedule_version order by number) i) s`;
const withInstalments = `loans l cross join lateral ${instalmentsOfLoan}`;

// The loan that a payment goes with when nothing is owed any more.
const endsLast = `(l.status = 'paid' and not exists (
  select from loans o where o.customer_id = l.customer_id and o.currency = l.currency
     and (o.status = 'active' or (o.status = 'paid' and (o.maturity_date, o.id) > (l.maturity_date, l.id)))))`;

const selectForChange = statement(
  'loans_for_change',
  `select l.*, s.* from ${withInstalments}
    where l.customer_id = any($1::uuid[]) and (l.status = 'active' or l.id = any($2::uuid[]) or ${endsLast})
    order by l.id for update of l`,
);
const selectByIds = statement(
  'loans_by_ids',
  `select l.*, s.* from ${withInstalments} where l.customer_id = any($1::uuid[]) and l.id = any($2::uuid[])
    order by l.id desc`,
);
// Each by its key, as the directory says whose it is: a join would read all of young tables.
const selectById = statement(
  'loans_by_id',
  `select l.*, s.* from unnest($1::uuid[]) as k (id)
     cross join lateral (select customer_id from loan_directory where loan_id = k.id limit 1) d
     cross join lateral (select * from loans where customer_id = d.customer_id and id = k.id limit 1) l
     cross join lateral ${instalmentsOfLoan}`,
);
const insertLoans = statement(
  'loans_insert',
  `insert into loans (customer_id, id, external_id, product_code, product_version, currency, status, principal, total,
                      outstanding_principal, outstanding, terms, policy, disbursed_on, maturity_date, credited, last_key,
                      head_seq, head_hash, head_recorded_at, event_sequence, announced_delinquent, announced_bucket)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::text[],
                          $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::jsonb[], $13::jsonb[], $14::date[],
                          $15::date[], $16::bigint[], $17::jsonb[], $18::integer[], $19::text[], $20::timestamptz[],
                          $21::bigint[], $22::boolean[], $23::text[])`,
);
const updateLoans = statement(
  'loans_update',
  `update loans set status = new.status, total = new.total, outstanding_principal = new.outstanding_principal,
          outstanding = new.outstanding, disbursed_on = new.disbursed_on, maturity_date = new.maturity_date,
          credited = new.credited, last_key = new.last_key, head_seq = new.head_seq, head_hash = new.head_hash,
          head_recorded_at = new.head_recorded_at, event_sequence = new.event_sequence,
          announced_delinquent = new.announced_delinquent, announced_bucket = new.announced_bucket
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::date[], $8::date[],
                 $9::bigint[], $10::jsonb[], $11::integer[], $12::text[], $13::timestamptz[], $14::bigint[],
                 $15::boolean[], $16::text[])
       as new(customer_id, id, status, total, outstanding_principal, outstanding, disbursed_on, maturity_date, credited,
              last_key, head_seq, head_hash, head_recorded_at, event_sequence, announced_delinquent, announced_bucket)
    where loans.customer_id = new.customer_id and loans.id = new.id`,
);
// New and known ones apart: an upsert looks each row up before it inserts it, which doubles the cost of a new loan.
const insertInstalments = statement(
  'instalments_insert',
  `insert into instalments (customer_id, loan_id, version, number, due_date, principal, interest, fee, balance_after,
                            paid_principal, paid_interest, paid_fee, paid_penalty)
     select customer_id, loan_id, 1, number, due_date, principal, interest, fee, balance_after, paid_principal,
            paid_interest, paid_fee, paid_penalty
       from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                   $8::date[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
         as new(customer_id, loan_id, number, paid_principal, paid_interest, paid_fee, paid_penalty, due_date, principal,
                interest, fee, balance_after)`,
);
const updateInstalments = statement(
  'instalments_update',
  `update instalments i
      set paid_principal = new.paid_principal, paid_interest = new.paid_interest, paid_fee = new.paid_fee,
          paid_penalty = new.paid_penalty
     from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
       as new(customer_id, loan_id, number, paid_principal, paid_interest, paid_fee, paid_penalty)
    where i.customer_id = new.customer_id and i.loan_id = new.loan_id and i.version = 1 and i.number = new.number`,
);

/**
 * Locks and loads the active loans of these customers (where none is active in a currency, the paid one that ended
 * last) and, whatever their status, the named ones.
 */
export async function loadForChange(
  sql: Sql,
  customerIds: readonly string[],
  loanIds: readonly string[],
): Promise<StoredLoan[]> {
  return (await sql.query<LoanRow>(selectForChange, [customerIds, loanIds])).map(toStored);
}

/** The stored projections of these loans, newest first. */
export async function loadLoans(sql: Sql, loans: readonly LoanKey[]): Promise<StoredLoan[]> {
  if (loans.length === 0) return [];
  const customerIds = [...new Set(loans.map(({ customerId }) => customerId))];
  return (await sql.query<LoanRow>(selectByIds, [customerIds, loans.map(({ loanId }) => loanId)])).map(toStored);
}

/** Reads the stored projection of a loan by its id, those that are asked for at the same time together. */
export function loanReader(sql: Sql): (loanId: string) => Promise<StoredLoan | undefined> {
  return createBatcher({
    run: async (loanIds) => {
      const rows = await sql.query<LoanRow>(selectById, [[...new Set(loanIds)]]);
      const loans = new Map(rows.map((row) => [row.id, toStored(row)]));
      return loanIds.map((id) => loans.get(id.toLowerCase()));
    },
  });
}

export function insertStored(sql: Transaction, loans: readonly StoredLoan[]): void {
  if (loans.length === 0) return;
  const states = loans.map(({ state }) => state);
  sql.write(insertLoans, [
    states.map((state) => state.customerId),
    states.map((state) => state.loanId),
    states.map((state) => state.externalId),
    states.map((state) => state.product.code),
    states.map((state) => state.product.version),
    states.map((state) => state.currency),
    states.map((state) => state.status),
    states.map((state) => state.principal),
    states.map(total),
    states.map(unpaidPrincipal),
    states.map(unpaid),
    states.map((state) => JSON.stringify(state.terms)),
    states.map((state) => JSON.stringify(state.policy)),
    states.map((state) => state.disbursedOn),
    states.map((state) => state.maturityDate),
    ...standing(loans),
  ]);
}

/** Stores what changed of loans that are stored already. */
export function updateStored(sql: Transaction, loans: readonly StoredLoan[]): void {
  if (loans.length === 0) return;
  const states = loans.map(({ state }) => state);
  sql.write(updateLoans, [
    states.map((state) => state.customerId),
    states.map((state) => state.loanId),
    states.map((state) => state.status),
    states.map(total),
    states.map(unpaidPrincipal),
    states.map(unpaid),
    states.map((state) => state.disbursedOn),
    states.map((state) => state.maturityDate),
    ...standing(loans),
  ]);
}

type InstalmentRow = LoanKey & { readonly instalment: LoanInstalment };

/** Stores the instalments of loans that are stored for the first time. */
export function insertInstalmentRows(sql: Transaction, rows: readonly InstalmentRow[]): void {
  if (rows.length === 0) return;
  const instalments = rows.map(({ instalment }) => instalment);
  sql.write(insertInstalments, [
    ...paidColumns(rows),
    instalments.map(({ dueDate }) => dueDate),
    instalments.map(({ principal }) => principal),
    instalments.map(({ interest }) => interest),
    instalments.map(({ fee }) => fee),
    instalments.map(({ balanceAfter }) => balanceAfter),
  ]);
}

/** Stores what is paid of instalments that are stored already. */
export function updateInstalmentRows(sql: Transaction, rows: readonly InstalmentRow[]): void {
  if (rows.length > 0) sql.write(updateInstalments, paidColumns(rows));
}

function paidColumns(rows: readonly InstalmentRow[]): unknown[][] {
  const paid = rows.map(({ instalment }) => instalment.paid);
  return [
    rows.map(({ customerId }) => customerId),
    rows.map(({ loanId }) => loanId),
    rows.map(({ instalment }) => instalment.number),
    paid.map(({ principal }) => principal),
    paid.map(({ interest }) => interest),
    paid.map(({ fee }) => fee),
    paid.map(({ penalty }) => penalty),
  ];
}

/** The columns from `credited` on, which insert and update share. */
function standing(loans: readonly StoredLoan[]): unknown[][] {
  return [
    loans.map(({ state }) => state.credited),
    loans.map(({ state }) => state.lastKey && JSON.stringify(state.lastKey)),
    loans.map(({ head }) => head.seq),
    loans.map(({ head }) => head.hash),
    loans.map(({ head }) => head.recordedAt),
    loans.map(({ eventSequence }) => eventSequence),
    loans.map(({ announced }) => announced.isDelinquent),
    loans.map(({ announced }) => announced.bucket),
  ];
}

const isOwed = ({ status }: LoanState): boolean => status === 'active' || status === 'paid';
const sumOver = (state: LoanState, of: (instalment: LoanInstalment) => bigint): bigint =>
  state.instalments.reduce((sum, instalment) => sum + of(instalment), 0n);
const total = (state: LoanState): bigint => sumOver(state, (i) => i.principal + i.interest + i.fee);
const unpaidPrincipal = (state: LoanState): bigint =>
  isOwed(state) ? sumOver(state, (i) => i.principal - i.paid.principal) : 0n;
const unpaid = (state: LoanState): bigint =>
  isOwed(state)
    ? sumOver(state, ({ paid, ...i }) => i.principal + i.interest + i.fee - paid.principal - paid.interest - paid.fee)
    : 0n;

function toStored(row: LoanRow): StoredLoan {
  return {
    state: {
      loanId: row.id,
      customerId: row.customer_id,
      externalId: row.external_id,
      product: { code: row.product_code, version: row.product_version },
      currency: row.currency,
      principal: row.principal,
      terms: row.terms,
      policy: row.policy,
      status: row.status,
      disbursedOn: row.disbursed_on,
      maturityDate: row.maturity_date,
      instalments: toInstalments(row),
      credited: row.credited,
      lastKey: row.last_key,
    },
    head: { seq: row.head_seq, hash: row.head_hash, recordedAt: row.head_recorded_at },
    eventSequence: row.event_sequence,
    announced: { isDelinquent: row.announced_delinquent, bucket: row.announced_bucket },
  };
}

function toInstalments({ due_dates: dueDates, amounts }: LoanRow): LoanInstalment[] {
  if (dueDates === null || amounts === null) return [];
  const rows = amounts.slice(2, -2).split('},{');
  return dueDates
    .slice(1, -1)
    .split(',')
    .map((dueDate, index) => {
      const [number = 0n, principal = 0n, interest = 0n, fee = 0n, balanceAfter = 0n, ...paid] = (rows[index] ?? '')
        .split(',')
        .map(BigInt);
      const [paidPrincipal = 0n, paidInterest = 0n, paidFee = 0n, paidPenalty = 0n] = paid;
      return {
        number: Number(number),
        dueDate: date(dueDate),
        principal,
        interest,
        fee,
        balanceAfter,
        paid: { principal: paidPrincipal, interest: paidInterest, fee: paidFee, penalty: paidPenalty },
      };
    });
}
