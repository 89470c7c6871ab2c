import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By what a customer's limit is computed from the income; null where it was set. */
export class LimitPolicies1763700000250 implements MigrationInterface {
  name = 'LimitPolicies1763700000250';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table customers add column limit_policy text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table customers drop column limit_policy');
  }
}
