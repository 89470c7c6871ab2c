import type { MigrationInterface, QueryRunner } from 'typeorm';

// The number is the loan's in the file, which two customers may share. The sums are those of the day of the import.
const importedLoans = `
create table imported_loans (
  customer_id     uuid not null references customers,
  loan_number     bigint not null check (loan_number > 0),
  loan_id         uuid not null,
  as_of           date not null,
  currency        text not null,
  paid_on_time    integer not null check (paid_on_time >= 0),
  surplus_on_time integer not null check (surplus_on_time >= 0),
  payments        integer not null check (payments >= 0),
  paid            bigint not null check (paid >= 0),
  primary key (customer_id, loan_number),
  unique (customer_id, loan_id),
  foreign key (customer_id, loan_id) references loans (customer_id, id)
)`;
const byNumber = 'create index imported_loans_by_number on imported_loans (loan_number)';
const byDate = 'create index imported_loans_by_date on imported_loans (as_of)';

// The books of a loan's past: one row per pair of accounts, whose n-th elements are the n-th posting (decision 0028).
const ledgerRuns = `
create table ledger_runs (
  customer_id uuid not null,
  loan_id     uuid not null,
  debit       text not null,
  credit      text not null check (credit <> debit),
  component   text not null,
  currency    text not null,
  event_ids   uuid[] not null,
  value_dates date[] not null,
  instalments integer[] not null,
  amounts     bigint[] not null check (0 < all (amounts)),
  booked_from date,
  recorded_at timestamptz not null,
  primary key (customer_id, loan_id, debit, credit, component),
  check (cardinality(event_ids) = cardinality(amounts) and cardinality(value_dates) = cardinality(amounts)
         and cardinality(instalments) = cardinality(amounts))
)`;
const runsAppendOnly = `
create trigger ledger_runs_append_only before update or delete or truncate on ledger_runs
  for each statement execute function refuse_change()`;
// In a closed month a posting is booked on the first day of the first open one.
const postings = `
create view ledger_postings as
select customer_id, loan_id, event_id, value_date, booked_on, debit, credit, amount, currency, instalment, component,
       recorded_at
  from ledger_entries
 union all
select r.customer_id, r.loan_id, p.event_id, p.value_date, greatest(p.value_date, r.booked_from), r.debit, r.credit,
       p.amount, r.currency, p.instalment, r.component, r.recorded_at
  from ledger_runs r
 cross join lateral unnest(r.event_ids, r.value_dates, r.instalments, r.amounts)
    as p (event_id, value_date, instalment, amount)`;
const marked = 'alter table applied_payments add imported boolean not null default false';

/** Which loans came by a file, and what they had been paid by then. */
export class ImportedLoans1763700000256 implements MigrationInterface {
  name = 'ImportedLoans1763700000256';

  async up(runner: QueryRunner): Promise<void> {
    const texts = [importedLoans, byNumber, byDate, ledgerRuns, runsAppendOnly, postings, marked];
    for (const text of texts) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table applied_payments drop imported');
    await runner.query('drop view ledger_postings');
    await runner.query('drop table ledger_runs, imported_loans');
  }
}
