import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from './database.ts';

// The owner of a table may give itself back what is revoked, and a superuser needs no grant: the trigger refuses both.
const tables = (schema: string): string => `
  create table ${schema}.audit_log (
    id uuid primary key,
    recorded_at timestamptz not null default clock_timestamp(),
    caller text not null,
    roles text[] not null,
    address text,
    request_id text not null,
    entity text not null,
    entity_id text not null,
    action text not null,
    before jsonb,
    after jsonb,
    check (before is not null or after is not null)
  );
  create index audit_log_entity on ${schema}.audit_log (entity_id, id);
  create index audit_log_caller on ${schema}.audit_log (caller, id);
  revoke update, delete, truncate on ${schema}.audit_log from current_user;
  create function ${schema}.refuse_change_of_log() returns trigger language plpgsql as $$
  begin
    raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
  end
  $$;
  create trigger audit_log_append_only before update or delete or truncate on ${schema}.audit_log
    for each statement execute function ${schema}.refuse_change_of_log();
`;

/** The log of data changes, which nobody changes or cuts. */
export function auditLogMigration(schema: string): Migration {
  return class implements MigrationInterface {
    name = 'AuditLog1763700000310';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(tables(schema));
    }

    async down(): Promise<void> {
      throw new Error('Migrations only go forward');
    }
  };
}
