import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payments that settle later: what providers are asked to do, which of their webhooks were taken in, and holds. */
export class Gateway1763700000110 implements MigrationInterface {
  name = 'Gateway1763700000110';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(providerCalls);
    await runner.query(providerEvents);
    await runner.query('alter table payments add column failure_code text');
    await runner.query('alter table payment_allocations add column held_until timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table payment_allocations drop column held_until');
    await runner.query('alter table payments drop column failure_code');
    await runner.query('drop table provider_events, provider_calls');
  }
}

// A call without next_attempt_at has had its answer. The id is the payment's or the refund's, and the key under
// which the provider recognises a repetition.
const providerCalls = `
create table provider_calls (
  customer_id        uuid not null references customers,
  kind               text not null check (kind in ('charge', 'payout')),
  id                 uuid not null,
  provider           text not null,
  amount             bigint not null check (amount > 0),
  currency           text not null,
  requested_at       timestamptz not null default clock_timestamp(),
  next_attempt_at    timestamptz default clock_timestamp(),
  attempts           integer not null default 0,
  provider_reference text,
  primary key (customer_id, kind, id)
);
create index provider_calls_waiting on provider_calls (provider, next_attempt_at) where next_attempt_at is not null`;

const providerEvents = `
create table provider_events (
  provider    text not null,
  event_id    text not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (provider, event_id)
)`;
