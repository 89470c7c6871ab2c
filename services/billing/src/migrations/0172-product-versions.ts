import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions of products have dates between which they are valid, and say who stored them. */
export class ProductVersions1763700000172 implements MigrationInterface {
  name = 'ProductVersions1763700000172';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table products add valid_from date, add valid_to date, add created_by text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table products drop valid_from, drop valid_to, drop created_by');
  }
}
