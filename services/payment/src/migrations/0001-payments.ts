import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first schema. Every table is distributed by customer (customer_id in each key), but for the directories,
 * which lead from an id to its customer and are keyed by that id alone.
 */
export class Payments1763700000001 implements MigrationInterface {
  name = 'Payments1763700000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(customers);
    await runner.query(loanAccounts);
    await runner.query(payments);
    await runner.query(allocations);
    await runner.query(directories);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table payment_external_ids, payment_directory, payment_allocations, payments, loan_accounts, customers',
    );
  }
}

// A customer's row is the lock under which everything of that customer is decided.
const customers = `
create table customers (
  id              uuid primary key,
  external_ref    text,
  status          text not null default 'active' check (status in ('active', 'inactive')),
  last_sequence   bigint not null default 0,
  outbox_position bigint not null default 0,
  created_at      timestamptz not null default clock_timestamp()
)`;

// Instalments live in arrays (the first element is number 1), so that a decision reads one row per loan.
const loanAccounts = `
create table loan_accounts (
  customer_id    uuid not null references customers,
  loan_id        uuid not null,
  external_ref   text,
  currency       text not null,
  status         text not null,
  payment_policy text not null check (payment_policy in ('exact', 'partial', 'any')),
  overpayment    text not null check (overpayment in ('credit', 'reject')),
  disbursed_on   date,
  due_dates      date[] not null,
  unpaid         bigint[] not null,
  outstanding    bigint not null check (outstanding >= 0),
  last_sequence  bigint not null,
  primary key (customer_id, loan_id),
  check (cardinality(due_dates) = cardinality(unpaid))
)`;

// applied and credited say what billing did with the money; they stay as they are when it is taken back.
const payments = `
create table payments (
  customer_id         uuid not null references customers,
  id                  uuid not null,
  external_id         text,
  external_ref        text,
  amount              bigint not null check (amount > 0),
  currency            text not null,
  value_date          date not null,
  recorded_at         timestamptz not null default clock_timestamp(),
  method              text not null,
  status              text not null
    check (status in ('pending', 'settled', 'applied', 'failed', 'rejected', 'reversed')),
  allocation          text not null check (allocation in ('explicit', 'automatic')),
  applied             bigint not null default 0 check (applied >= 0),
  credited            bigint not null default 0 check (credited >= 0),
  answered            boolean not null default false,
  reversal_unanswered boolean not null default false,
  event_sequence      bigint not null default 0,
  reject_code         text,
  caller              text not null,
  primary key (customer_id, id),
  check (applied + credited <= amount)
);
create index payments_newest on payments (id);
create index payments_reversal_unanswered on payments (customer_id) where reversal_unanswered`;

// The nil UUID as loan_id is the part without a loan, which billing turned into credit of the customer.
const allocations = `
create table payment_allocations (
  customer_id uuid not null,
  payment_id  uuid not null,
  loan_id     uuid not null,
  position    smallint not null,
  asked       bigint not null check (asked >= 0),
  applied     bigint not null default 0 check (applied >= 0),
  credited    bigint not null default 0 check (credited >= 0),
  in_flight   boolean not null,
  reversed    boolean not null default false,
  primary key (customer_id, payment_id, loan_id),
  foreign key (customer_id, payment_id) references payments (customer_id, id)
);
create index payment_allocations_in_flight on payment_allocations (customer_id) where in_flight;
create index payment_allocations_loan on payment_allocations (loan_id, payment_id)`;

const directories = `
create table payment_directory (
  payment_id  uuid primary key,
  customer_id uuid not null
);
create table payment_external_ids (
  external_id text primary key,
  customer_id uuid not null,
  payment_id  uuid not null
)`;
