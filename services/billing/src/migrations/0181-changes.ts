import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Loans that were written off, or have another plan than that of their disbursement. */
export class Changes1763700000181 implements MigrationInterface {
  name = 'Changes1763700000181';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loans add changes jsonb');
    await runner.query(withStatuses("'pending', 'approved', 'active', 'paid', 'rejected', 'cancelled', 'written_off'"));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loans drop changes');
    await runner.query(withStatuses("'pending', 'approved', 'active', 'paid', 'rejected', 'cancelled'"));
  }
}

const withStatuses = (statuses: string): string => `
alter table loans drop constraint loans_status_check,
  add constraint loans_status_check check (status in (${statuses}))`;
