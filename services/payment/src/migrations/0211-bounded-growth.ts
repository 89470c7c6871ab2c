import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By how much late instalments may have grown since the last event, rather than only whether they do. */
export class BoundedGrowth1763700000211 implements MigrationInterface {
  name = 'BoundedGrowth1763700000211';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loan_accounts add late_growth jsonb, drop grows_late');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loan_accounts add grows_late boolean not null default false, drop late_growth');
  }
}
