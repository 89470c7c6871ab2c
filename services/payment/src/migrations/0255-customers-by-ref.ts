import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A settlement file names customers by what their lender calls them. */
export class CustomersByRef1763700000256 implements MigrationInterface {
  name = 'CustomersByRef1763700000256';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create index customers_external_ref on payment.customers (external_ref)');
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward');
  }
}
