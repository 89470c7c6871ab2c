import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Uses and refunds of credit, and what each spent of which payment's excess. */
export class Credit1763700000120 implements MigrationInterface {
  name = 'Credit1763700000120';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [creditUses, refunds, spentCredits, spentOfLot, creditBelowZero]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table spent_credits, refunds, credit_uses');
    await runner.query('alter table loans add check (credited >= 0)');
    await runner.query('alter table customer_credits add check (balance >= 0)');
  }
}

const creditUses = `
create table credit_uses (
  customer_id uuid not null references customers,
  id          uuid not null,
  loan_id     uuid not null,
  currency    text not null,
  amount      bigint not null check (amount > 0),
  applied     bigint not null check (applied >= 0),
  credited    bigint not null check (credited >= 0),
  value_date  date not null,
  recorded_at timestamptz not null,
  primary key (customer_id, id),
  check (applied + credited = amount)
)`;

// The guard of exactly-once beside the inbox, as applied_payments is for payments.
const refunds = `
create table refunds (
  customer_id uuid not null references customers,
  id          uuid not null,
  currency    text not null,
  amount      bigint not null check (amount > 0),
  status      text not null check (status in ('authorised', 'refused', 'paid_out', 'failed')),
  value_date  date not null,
  recorded_at timestamptz not null,
  primary key (customer_id, id)
)`;

// A lot is the excess of a payment, or of a use of credit, on a loan; the nil UUID is the part that no loan took.
const spentCredits = `
create table spent_credits (
  customer_id uuid not null references customers,
  spending_id uuid not null,
  lot_id      uuid not null,
  loan_id     uuid not null,
  kind        text not null check (kind in ('use', 'refund')),
  currency    text not null,
  amount      bigint not null check (amount > 0),
  value_date  date not null,
  recorded_at timestamptz not null,
  returned_at timestamptz,
  primary key (customer_id, spending_id, lot_id, loan_id)
)`;
const spentOfLot = 'create index spent_credits_lot on spent_credits (customer_id, lot_id, loan_id)';

// Credit that was spent before its payment was taken back is owed by the customer: a balance below zero.
const creditBelowZero = `
alter table loans drop constraint loans_credited_check;
alter table customer_credits drop constraint customer_credits_balance_check`;
