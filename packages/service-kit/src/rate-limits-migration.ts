import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from './database.ts';

/**
 * Requests and attempts of callers, as rate-limiter-flexible counts them (`expire` in milliseconds). Unlogged: a crash of
 * the server forgets them, and none of them costs a write of its log.
 */
export function rateLimitsMigration(schema: string): Migration {
  return class implements MigrationInterface {
    name = 'RateLimits1763700000300';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`
        create unlogged table ${schema}.rate_limits (
          key varchar(255) primary key,
          points integer not null,
          expire bigint not null
        ) with (fillfactor = 50);
        create index rate_limits_expire on ${schema}.rate_limits (to_timestamp(expire / 1000.0));
      `);
    }

    async down(): Promise<void> {
      throw new Error('Migrations only go forward');
    }
  };
}
