import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds of credit, and the directories that lead to them. */
export class Refunds1763700000121 implements MigrationInterface {
  name = 'Refunds1763700000121';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(refunds);
    await runner.query(directories);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table refund_external_ids, refund_directory, refunds');
  }
}

const refunds = `
create table refunds (
  customer_id    uuid not null references customers,
  id             uuid not null,
  external_id    text,
  amount         bigint not null check (amount > 0),
  currency       text not null,
  method         text not null,
  status         text not null check (status in ('requested', 'authorised', 'refused', 'paid_out', 'failed')),
  reason         text,
  requested_at   timestamptz not null default clock_timestamp(),
  decided_at     timestamptz,
  closed_at      timestamptz,
  event_sequence bigint not null,
  caller         text not null,
  primary key (customer_id, id),
  check ((reason is not null) = (status in ('refused', 'failed'))),
  check ((decided_at is null) = (status = 'requested')),
  check ((closed_at is not null) = (status in ('refused', 'paid_out', 'failed')))
)`;

const directories = `
create table refund_directory (
  refund_id   uuid primary key,
  customer_id uuid not null
);
create table refund_external_ids (
  external_id text primary key,
  customer_id uuid not null,
  refund_id   uuid not null
)`;
