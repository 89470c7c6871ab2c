import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What core banking says of customers, the scores that are asked for, and the engine that knows us. */
export class Scoring1763700000260 implements MigrationInterface {
  name = 'Scoring1763700000260';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(withStatuses(`${formerStatuses}, 'failed'`));
    for (const text of [kycRecords, scoreQueries, scoringClients]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['scoring_clients', 'score_queries', 'kyc_records']) await runner.query(`drop table ${table}`);
    await runner.query(withStatuses(formerStatuses));
  }
}

const formerStatuses = "'pending', 'approved', 'active', 'paid', 'rejected', 'cancelled', 'written_off'";
const withStatuses = (statuses: string): string => `
alter table loans drop constraint loans_status_check,
  add constraint loans_status_check check (status in (${statuses}))`;

const kycRecords = `
create table kyc_records (
  customer_id uuid primary key references customers,
  data        text not null,
  checked_at  timestamptz not null
)`;

// next_at is also the lease: what somebody works on is due for nobody else until then.
const scoreQueries = `
create table score_queries (
  customer_id      uuid not null references customers,
  loan_id          uuid not null,
  state            text not null default 'initiating'
    check (state in ('initiating', 'querying', 'scored', 'exhausted', 'superseded')),
  token            text,
  initiations      integer not null default 0,
  attempts         integer not null default 0,
  next_at          timestamptz default clock_timestamp(),
  score            text,
  limit_amount     text,
  exclusion        text,
  exclusion_reason text,
  requested_at     timestamptz not null default clock_timestamp(),
  ended_at         timestamptz,
  primary key (customer_id, loan_id),
  check ((state = 'querying') <= (token is not null)),
  check ((ended_at is null) = (state in ('initiating', 'querying'))),
  check ((next_at is null) = (ended_at is not null)),
  check ((score is not null) = (state = 'scored'))
);
create index score_queries_waiting on score_queries (next_at) where next_at is not null`;

const scoringClients = `
create table scoring_clients (
  id           smallint primary key check (id = 1),
  token        text,
  engine_id    text,
  leased_until timestamptz not null default clock_timestamp()
)`;
