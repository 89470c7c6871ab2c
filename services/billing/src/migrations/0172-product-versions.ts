import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions of products have dates between which they are valid, say who stored them, and stay as they were stored. */
export class ProductVersions1763700000172 implements MigrationInterface {
  name = 'ProductVersions1763700000172';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table products add valid_from date, add valid_to date, add created_by text');
    await runner.query(`
      create trigger products_append_only before update or delete or truncate on products
        for each statement execute function refuse_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop trigger products_append_only on products');
    await runner.query('alter table products drop valid_from, drop valid_to, drop created_by');
  }
}
