import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a loan is known at all, whosever it is. */
export class LoansById1763700000151 implements MigrationInterface {
  name = 'LoansById1763700000151';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index loan_accounts_by_loan on loan_accounts (loan_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index loan_accounts_by_loan');
  }
}
