import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from './database.ts';
import { SLOTS } from './outbox-slots.ts';

/** Rows of a queue live for milliseconds: vacuum by count, never by share of the table. */
const queueSettings = 'autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, fillfactor = 90';

const outboxTables = (schema: string): string => `
  create table ${schema}.outbox (
    slot smallint not null,
    customer_id uuid not null,
    position bigint not null,
    event_id uuid not null,
    topic text not null,
    subject text not null,
    type text not null,
    payload text,
    message_key text,
    raw_payload bytea,
    headers jsonb,
    created_at timestamptz not null default clock_timestamp(),
    primary key (slot, customer_id, position),
    check (payload is not null or headers is not null)
  ) with (${queueSettings});

  create table ${schema}.outbox_slots (
    slot smallint primary key,
    owner uuid,
    lease_until timestamptz,
    check ((owner is null) = (lease_until is null))
  ) with (fillfactor = 50);
  insert into ${schema}.outbox_slots (slot) select generate_series(0, ${SLOTS - 1});

  create table ${schema}.outbox_relays (
    id uuid primary key,
    seen_until timestamptz not null
  );
`;

const inboxTables = (schema: string): string => `
  create table ${schema}.inbox (
    consumer text not null,
    event_id uuid not null,
    received_at timestamptz not null default now(),
    primary key (consumer, event_id)
  );
  create index inbox_received_at on ${schema}.inbox using brin (received_at);

  create table ${schema}.consumer_progress (
    consumer text not null,
    topic text not null,
    partition integer not null,
    next_offset bigint not null,
    primary key (consumer, topic, partition)
  ) with (fillfactor = 50);

  create table ${schema}.idempotency_keys (
    scope bytea primary key,
    request_hash bytea not null,
    result jsonb,
    created_at timestamptz not null default now()
  ) with (fillfactor = 80);
  create index idempotency_keys_created_at on ${schema}.idempotency_keys using brin (created_at);
`;

const deadLetterTables = (schema: string): string => `
  create table ${schema}.dead_letters (
    id uuid primary key,
    consumer text not null,
    topic text not null,
    partition integer not null,
    message_offset bigint not null,
    message_key text,
    value bytea,
    event_id uuid,
    event_type text,
    subject text,
    status text not null check (status in ('dead', 'parked', 'replayed', 'discarded')),
    reason text not null check (reason in ('undecodable', 'schema', 'failed', 'parked')),
    detail text not null,
    attempts integer not null,
    first_failed_at timestamptz not null default clock_timestamp(),
    last_failed_at timestamptz not null default clock_timestamp(),
    settled_at timestamptz,
    settled_by text,
    check ((settled_at is null) = (status in ('dead', 'parked')))
  );
  create index dead_letters_open on ${schema}.dead_letters (consumer, topic, subject, message_offset)
    where status in ('dead', 'parked');
  create unique index dead_letters_without_event
    on ${schema}.dead_letters (consumer, topic, partition, message_offset, sha256(coalesce(value, '')))
    where event_id is null;
  create unique index dead_letters_event on ${schema}.dead_letters (consumer, event_id)
    where status in ('dead', 'parked') and event_id is not null;
  create sequence ${schema}.dead_letter_position;
`;

/**
 * The kit's own tables: outbox and its leases, inbox, progress, idempotency keys and dead letters. A
 * service lists it first among its migrations, and has a table
 * `customers (id uuid primary key, outbox_position bigint not null default 0, …)` of its own.
 */
export function kitMigration(schema: string): Migration {
  return class implements MigrationInterface {
    name = 'ServiceKit1700000000000';

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const tables of [outboxTables, inboxTables, deadLetterTables]) await queryRunner.query(tables(schema));
    }

    async down(): Promise<void> {
      throw new Error('Migrations only go forward');
    }
  };
}
