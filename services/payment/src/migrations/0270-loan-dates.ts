import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which day it is for a loan, by the zone of its product (null: the installation's), and what it owed when it was
 * written off. Loans that were there before have them once they are republished.
 */
export class LoanDates1763700000270 implements MigrationInterface {
  name = 'LoanDates1763700000270';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loan_accounts add time_zone text, add written_off_on date, add written_off bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loan_accounts drop time_zone, drop written_off_on, drop written_off');
  }
}
