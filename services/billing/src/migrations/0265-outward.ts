import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What leaves the house: subscriptions to events with what was sent to them, and messages to customers. */
export class Outward1763700000265 implements MigrationInterface {
  name = 'Outward1763700000265';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [webhooks, messages, deliveries, attempts, notifications]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table notifications, webhook_attempts, webhook_deliveries, webhook_messages, webhooks');
  }
}

// next_turn_at is the lease of whoever sends to it, and the pause of one that does not answer.
const webhooks = `
create table webhooks (
  id              uuid primary key,
  url             text not null,
  description     text,
  event_types     text[] not null,
  status          text not null default 'enabled' check (status in ('enabled', 'disabled')),
  disabled_reason text check ((status = 'disabled') = (disabled_reason is not null)),
  disabled_at     timestamptz check ((status = 'disabled') = (disabled_at is not null)),
  secret          text not null,
  secret_number   integer not null default 1,
  former_secret   text,
  former_secret_until timestamptz,
  failing_since   timestamptz,
  failed_turns    integer not null default 0,
  next_turn_at    timestamptz not null default clock_timestamp(),
  version         integer not null default 1,
  created_at      timestamptz not null default clock_timestamp()
)`;

// The id is the event's own, so that an event that comes again is the same message.
const messages = `
create table webhook_messages (
  id         uuid primary key,
  type       text not null,
  subject    text not null,
  body       text not null,
  created_at timestamptz not null default clock_timestamp()
);
create index webhook_messages_by_age on webhook_messages (created_at)`;

// A delivery without next_attempt_at has ended. schedule_from: attempts before it was last replayed.
const deliveries = `
create table webhook_deliveries (
  id              uuid primary key,
  webhook_id      uuid not null references webhooks on delete cascade,
  message_id      uuid not null references webhook_messages on delete cascade,
  status          text not null default 'waiting' check (status in ('waiting', 'delivered', 'given_up')),
  attempts        integer not null default 0,
  schedule_from   integer not null default 0,
  next_attempt_at timestamptz default clock_timestamp(),
  created_at      timestamptz not null default clock_timestamp(),
  ended_at        timestamptz,
  unique (webhook_id, message_id),
  check ((status = 'waiting') = (next_attempt_at is not null))
);
create index webhook_deliveries_waiting on webhook_deliveries (webhook_id, next_attempt_at)
  where next_attempt_at is not null;
create index webhook_deliveries_newest on webhook_deliveries (webhook_id, id desc);
create index webhook_deliveries_given_up on webhook_deliveries (webhook_id, created_at) where status = 'given_up';
create index webhook_deliveries_of_message on webhook_deliveries (message_id)`;

const attempts = `
create table webhook_attempts (
  delivery_id uuid not null references webhook_deliveries on delete cascade,
  number      integer not null,
  started_at  timestamptz not null,
  duration_ms integer not null,
  status_code integer,
  fault       text,
  answer      text,
  primary key (delivery_id, number)
)`;

// facts: what the message says besides who it is for. Nothing in a row is personal data.
const notifications = `
create table notifications (
  customer_id     uuid not null,
  id              uuid not null,
  event_id        uuid not null,
  event_type      text not null,
  loan_id         uuid not null,
  channel         text not null check (channel in ('email', 'sms')),
  facts           jsonb not null,
  status          text not null default 'waiting' check (status in ('waiting', 'sent', 'skipped', 'failed')),
  reason          text,
  provider_reference text,
  attempts        integer not null default 0,
  next_attempt_at timestamptz default clock_timestamp(),
  created_at      timestamptz not null default clock_timestamp(),
  ended_at        timestamptz,
  primary key (customer_id, id),
  unique (customer_id, event_id, channel),
  check ((status = 'waiting') = (next_attempt_at is not null))
);
create index notifications_waiting on notifications (next_attempt_at) where next_attempt_at is not null;
create index notifications_newest on notifications (id desc);
create index notifications_by_status on notifications (status, id desc);
create index notifications_by_age on notifications (created_at)`;
