import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The request in which an event was recorded, outside the chain; and the journal in the order of its recording. */
export class AuditSources1763700000311 implements MigrationInterface {
  name = 'AuditSources1763700000311';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loan_events add column origin jsonb');
    await runner.query('create index loan_events_newest on loan_events (id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index loan_events_newest');
    await runner.query('alter table loan_events drop column origin');
  }
}
