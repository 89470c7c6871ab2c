import type { LocalDate } from '@tenor/calendar';
import { createReader, type Sql, statement, type Transaction } from '@tenor/service-kit';
import { askedInAll, isSamePlan, remainder, remainderOf } from '../delinquency/instalment.ts';
import type { Parts } from '../schedules/schedule.ts';
import type { LoanKey } from './journal.store.ts';
import type { LoanInstalment, LoanState } from './loan.ts';
import { additionsToStore } from './stored-additions.ts';
import { changesToStore } from './stored-changes.ts';
import { type LoanRow, type StoredLoan, toStored } from './stored-loan.ts';

const standingColumns = `customer_id, id, status, total, outstanding_principal, outstanding, disbursed_on, maturity_date,
  credited, last_key, head_seq, head_hash, head_recorded_at, event_sequence, announced_delinquent, announced_bucket,
  paid_principals, paid_interests, paid_fees, paid_penalties, apr, additions, clock, changes, pauses,
  next_change_on, next_due_on, booked_through`;
const planColumns = 'numbers, due_dates, principals, interests, fees, balances_after';

// The loan that a payment goes with when nothing is owed any more.
const endsLast = `(l.status = 'paid' and not exists (
  select from loans o where o.customer_id = l.customer_id and o.currency = l.currency
     and (o.status = 'active' or (o.status = 'paid' and (o.maturity_date, o.id) > (l.maturity_date, l.id)))))`;

const selectForChange = statement(
  'loans_for_change',
  `select l.* from loans l
    where l.customer_id = any($1::uuid[]) and (l.status in ('active', 'written_off') or l.id = any($2::uuid[]) or ${endsLast})
    order by l.id for update of l`,
);
const selectByIds = statement(
  'loans_by_ids',
  'select * from loans where customer_id = any($1::uuid[]) and id = any($2::uuid[]) order by id desc',
);
const selectSums = statement(
  'loans_sums',
  `select id, total, outstanding_principal as "outstandingPrincipal", outstanding from loans
    where customer_id = any($1::uuid[]) and id = any($2::uuid[])`,
);
// Each by its key, as the directory says whose it is: a join would read all of young tables.
const selectById = statement(
  'loans_by_id',
  `select l.* from unnest($1::uuid[]) as k (id)
    cross join lateral (select customer_id from loan_directory where loan_id = k.id limit 1) d
    cross join lateral (select * from loans where customer_id = d.customer_id and id = k.id limit 1) l`,
);
// Arrays differ in length from loan to loan, which unnest cannot take: they travel as array literals.
const insertLoans = statement(
  'loans_insert',
  `insert into loans (${standingColumns}, ${planColumns}, external_id, product_code, product_version, currency, principal,
                      terms, closed_days, policy)
   select customer_id, id, status, total, outstanding_principal, outstanding, disbursed_on, maturity_date, credited,
          last_key, head_seq, head_hash, head_recorded_at, event_sequence, announced_delinquent, announced_bucket,
          paid_principals::bigint[], paid_interests::bigint[], paid_fees::bigint[], paid_penalties::bigint[], apr,
          additions, clock, changes, pauses, next_change_on, next_due_on, booked_through, numbers::integer[],
          due_dates::date[], principals::bigint[],
          interests::bigint[], fees::bigint[], balances_after::bigint[], external_id, product_code, product_version,
          currency, principal, terms, closed_days, policy
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::date[], $8::date[],
                 $9::bigint[], $10::jsonb[], $11::integer[], $12::text[], $13::timestamptz[], $14::bigint[],
                 $15::boolean[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::jsonb[],
                 $22::jsonb[], $23::date[], $24::jsonb[], $25::jsonb[], $26::date[], $27::date[], $28::date[],
                 $29::text[],
                 $30::text[], $31::text[], $32::text[], $33::text[], $34::text[], $35::text[], $36::text[],
                 $37::integer[], $38::text[], $39::bigint[], $40::jsonb[], $41::jsonb[], $42::jsonb[])
       as new(${standingColumns}, ${planColumns}, external_id, product_code, product_version, currency, principal,
              terms, closed_days, policy)`,
);
const updateLoans = statement(
  'loans_update',
  `update loans set status = new.status, total = new.total, outstanding_principal = new.outstanding_principal,
          outstanding = new.outstanding, disbursed_on = new.disbursed_on, maturity_date = new.maturity_date,
          credited = new.credited, last_key = new.last_key, head_seq = new.head_seq, head_hash = new.head_hash,
          head_recorded_at = new.head_recorded_at, event_sequence = new.event_sequence,
          announced_delinquent = new.announced_delinquent, announced_bucket = new.announced_bucket,
          paid_principals = new.paid_principals::bigint[], paid_interests = new.paid_interests::bigint[],
          paid_fees = new.paid_fees::bigint[], paid_penalties = new.paid_penalties::bigint[], apr = new.apr,
          additions = new.additions, clock = new.clock, changes = new.changes, pauses = new.pauses,
          next_change_on = new.next_change_on, next_due_on = new.next_due_on, booked_through = new.booked_through,
          numbers = coalesce(new.numbers::integer[], loans.numbers),
          due_dates = coalesce(new.due_dates::date[], loans.due_dates),
          principals = coalesce(new.principals::bigint[], loans.principals),
          interests = coalesce(new.interests::bigint[], loans.interests),
          fees = coalesce(new.fees::bigint[], loans.fees),
          balances_after = coalesce(new.balances_after::bigint[], loans.balances_after)
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::date[], $8::date[],
                 $9::bigint[], $10::jsonb[], $11::integer[], $12::text[], $13::timestamptz[], $14::bigint[],
                 $15::boolean[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::jsonb[],
                 $22::jsonb[], $23::date[], $24::jsonb[], $25::jsonb[], $26::date[], $27::date[], $28::date[],
                 $29::text[],
                 $30::text[], $31::text[], $32::text[], $33::text[], $34::text[])
       as new(${standingColumns}, ${planColumns})
    where loans.customer_id = new.customer_id and loans.id = new.id`,
);

/**
 * Locks and loads the loans of these customers that money may reach and, whatever their status, the named ones: those
 * that are active, those that were written off, since money of an earlier day may be found, and where none is active in
 * a currency the paid one that ended last.
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

/** The sums that these loans' rows hold, by loan. */
export async function loadSums(sql: Sql, loans: readonly LoanKey[]): Promise<ReadonlyMap<string, LoanSums>> {
  const keys = [loans.map(({ customerId }) => customerId), loans.map(({ loanId }) => loanId)];
  const rows = await sql.query<LoanSums & { id: string }>(selectSums, keys);
  return new Map(rows.map(({ id, ...sums }) => [id, sums]));
}

/** Reads the stored projection of a loan by its id, those that are asked for at the same time together. */
export function loanReader(sql: Sql): (loanId: string) => Promise<StoredLoan | undefined> {
  return createReader(async (loanIds) => {
    const rows = await sql.query<LoanRow>(selectById, [[...new Set(loanIds)]]);
    const loans = new Map(rows.map((row) => [row.id, toStored(row)]));
    return loanIds.map((id) => loans.get(id.toLowerCase()));
  });
}

/** Stores loans for the first time. */
export function insertStored(sql: Transaction, loans: readonly StoredLoan[]): void {
  if (loans.length === 0) return;
  const states = loans.map(({ state }) => state);
  sql.write(insertLoans, [
    ...standing(loans),
    ...plan(states.map(({ instalments }) => instalments)),
    states.map((state) => state.externalId),
    states.map((state) => state.product.code),
    states.map((state) => state.product.version),
    states.map((state) => state.currency),
    states.map((state) => state.principal),
    states.map((state) => JSON.stringify(state.terms)),
    states.map(({ terms, closedDays }) => (terms.calendar === null ? null : JSON.stringify(closedDays))),
    states.map((state) => JSON.stringify(state.policy)),
  ]);
}

/** Stores what changed of loans that are stored already; a plan that is still the same is not written again. */
export function updateStored(sql: Transaction, loans: readonly (StoredLoan & { readonly before: LoanState })[]): void {
  if (loans.length === 0) return;
  const plans = loans.map(({ state: { instalments }, before }) =>
    isSamePlan(instalments, before.instalments) ? null : instalments,
  );
  sql.write(updateLoans, [...standing(loans), ...plan(plans)]);
}

/** The columns that every event may change, which insert and update share. */
function standing(loans: readonly StoredLoan[]): unknown[][] {
  const states = loans.map(({ state }) => state);
  const sums = states.map(sumsOf);
  const paid = (component: keyof Parts): string[] =>
    states.map(({ instalments }) => arrayOf(instalments, (instalment) => instalment.paid[component]));
  return [
    states.map((state) => state.customerId),
    states.map((state) => state.loanId),
    states.map((state) => state.status),
    sums.map(({ total }) => total),
    sums.map(({ outstandingPrincipal }) => outstandingPrincipal),
    sums.map(({ outstanding }) => outstanding),
    states.map((state) => state.disbursedOn),
    states.map((state) => state.maturityDate),
    states.map((state) => state.credited),
    states.map((state) => state.lastKey && JSON.stringify(state.lastKey)),
    loans.map(({ head }) => head.seq),
    loans.map(({ head }) => head.hash),
    loans.map(({ head }) => head.recordedAt),
    loans.map(({ eventSequence }) => eventSequence),
    loans.map(({ announced }) => announced.isDelinquent),
    loans.map(({ announced }) => announced.bucket),
    paid('principal'),
    paid('interest'),
    paid('fee'),
    paid('penalty'),
    states.map(({ apr }) => apr && JSON.stringify(apr)),
    states.map(({ instalments }) => {
      const additions = additionsToStore(instalments);
      return additions && JSON.stringify(additions);
    }),
    states.map(({ clock }) => clock),
    states.map((state) => {
      const changes = changesToStore(state);
      return changes && JSON.stringify(changes);
    }),
    states.map(({ pauses }) => (pauses.length === 0 ? null : JSON.stringify(pauses))),
    loans.map(({ nextChangeOn }) => nextChangeOn),
    loans.map(({ nextDueOn }) => nextDueOn),
    loans.map(({ bookedThrough }) => bookedThrough),
  ];
}

/** What instalments ask; null for a loan of which it is stored already. */
function plan(loans: readonly (readonly LoanInstalment[] | null)[]): (string | null)[][] {
  const column = (of: (instalment: LoanInstalment) => Element) =>
    loans.map((instalments) => instalments && arrayOf(instalments, of));
  return [
    column(({ number }) => number),
    column(({ dueDate }) => dueDate),
    column(({ principal }) => principal),
    column(({ interest }) => interest),
    column(({ fee }) => fee),
    column(({ balanceAfter }) => balanceAfter),
  ];
}

type Element = bigint | number | LocalDate;

/** An array literal of elements that need no quotes. */
function arrayOf(instalments: readonly LoanInstalment[], of: (instalment: LoanInstalment) => Element): string {
  return `{${instalments.map(of).join(',')}}`;
}

/** What a loan's row says of all its instalments together, in minor units. */
export interface LoanSums {
  readonly total: bigint;
  /** What is outstanding is zero of a loan that was not paid out, or was written off. */
  readonly outstandingPrincipal: bigint;
  readonly outstanding: bigint;
}

export function sumsOf({ status, instalments }: LoanState): LoanSums {
  const owed = status === 'active' || status === 'paid' ? instalments : [];
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, amount) => all + amount, 0n);
  return {
    total: sum(instalments.map(askedInAll)),
    outstandingPrincipal: sum(owed.map((instalment) => remainderOf(instalment, 'principal'))),
    outstanding: sum(owed.map(remainder)),
  };
}
