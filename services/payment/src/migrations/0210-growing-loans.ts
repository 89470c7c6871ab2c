import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of which loans late instalments come to owe more by the day, without an event that says so. */
export class GrowingLoans1763700000210 implements MigrationInterface {
  name = 'GrowingLoans1763700000210';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loan_accounts add grows_late boolean not null default false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loan_accounts drop grows_late');
  }
}
