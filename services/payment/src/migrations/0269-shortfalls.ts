import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What customers are short of, by currency, as billing tells it with each change of their credit. */
export class Shortfalls1763700000269 implements MigrationInterface {
  name = 'Shortfalls1763700000269';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("alter table customers add shortfalls jsonb not null default '{}'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table customers drop shortfalls');
  }
}
