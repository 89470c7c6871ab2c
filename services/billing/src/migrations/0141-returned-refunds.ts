import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds whose money left and came back. */
export class ReturnedRefunds1763700000141 implements MigrationInterface {
  name = 'ReturnedRefunds1763700000141';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(withStatuses("'authorised', 'refused', 'paid_out', 'failed', 'returned'"));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(withStatuses("'authorised', 'refused', 'paid_out', 'failed'"));
  }
}

const withStatuses = (statuses: string): string => `
alter table refunds drop constraint refunds_status_check,
  add constraint refunds_status_check check (status in (${statuses}))`;
