import type { Migration } from '@tenor/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = (schema: string): string => `
  create table ${schema}.row_jobs (
    id uuid primary key,
    status text not null check (status in ('receiving', 'queued', 'running', 'done', 'failed')),
    kind text,
    format text check (format in ('xlsx', 'csv', 'items')),
    parameters jsonb not null default '{}',
    caller text not null,
    file_bytes bigint not null default 0,
    header jsonb,
    rows_total integer,
    rows_done integer not null default 0,
    rows_repeated integer not null default 0,
    rows_refused integer not null default 0,
    last_row integer not null default 0,
    stalls integer not null default 0,
    lease_owner uuid,
    lease_until timestamptz,
    failure_code text,
    failure_detail text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    ended_at timestamptz,
    purge_at timestamptz,
    check (status = 'receiving' or (kind is not null and format is not null)),
    check ((lease_owner is null) = (lease_until is null)),
    check ((ended_at is null) = (status not in ('done', 'failed'))),
    check ((failure_code is null) = (status <> 'failed'))
  ) with (fillfactor = 50);
  create index row_jobs_open on ${schema}.row_jobs (created_at) where status in ('queued', 'running');
  create index row_jobs_purge on ${schema}.row_jobs (purge_at) where purge_at is not null;

  create table ${schema}.row_job_parts (
    job_id uuid not null references ${schema}.row_jobs on delete cascade,
    part integer not null,
    bytes bytea not null,
    primary key (job_id, part)
  );
  alter table ${schema}.row_job_parts alter column bytes set storage external;

  create table ${schema}.row_job_rows (
    job_id uuid not null references ${schema}.row_jobs on delete cascade,
    number integer not null,
    outcome text not null check (outcome in ('done', 'repeated', 'refused')),
    result jsonb,
    refusal jsonb,
    row_values text,
    recorded_at timestamptz not null default now(),
    primary key (job_id, number),
    check ((refusal is not null) = (outcome = 'refused'))
  );
  create index row_job_rows_refused on ${schema}.row_job_rows (job_id, number) where outcome = 'refused';
  create index row_job_rows_recorded_at on ${schema}.row_job_rows using brin (recorded_at);

  create table ${schema}.known_rows (
    kind text not null,
    key bytea not null,
    content bytea not null,
    outcome jsonb not null,
    primary key (kind, key)
  );
`;

/** Jobs over the rows of files, their files in pieces, what became of each row, and which rows are known for ever. */
export function rowJobsMigration(schema: string): Migration {
  return class implements MigrationInterface {
    name = 'RowJobs1763700000255';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(tables(schema));
    }

    async down(): Promise<void> {
      throw new Error('Migrations only go forward');
    }
  };
}
