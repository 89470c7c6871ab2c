import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What instalments ask beyond their plan: charges, penalties and interest of late days, waivers. */
export class LateCharges1763700000180 implements MigrationInterface {
  name = 'LateCharges1763700000180';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loans add additions jsonb, add clock date');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loans drop additions, drop clock');
  }
}
