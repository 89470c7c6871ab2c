import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Clients of other systems' APIs pay loans by what they call them. */
export class LoansByRef1763700000330 implements MigrationInterface {
  name = 'LoansByRef1763700000330';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'create index loan_accounts_external_ref on payment.loan_accounts (external_ref) where external_ref is not null',
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward');
  }
}
