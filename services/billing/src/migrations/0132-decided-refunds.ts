import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds are also read by day and by id alone, across customers: for reconciliation only. */
export class DecidedRefunds1763700000132 implements MigrationInterface {
  name = 'DecidedRefunds1763700000132';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index refunds_by_date on refunds (value_date, id)');
    await runner.query('create index refunds_by_id on refunds (id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index refunds_by_id, refunds_by_date');
  }
}
