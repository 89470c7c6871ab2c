import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A loan keeps the annual percentage rates of its schedule, which take longer to work out than to read. */
export class LoanApr1763700000173 implements MigrationInterface {
  name = 'LoanApr1763700000173';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loans add apr jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loans drop apr');
  }
}
