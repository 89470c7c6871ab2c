import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from './database.ts';

/** By which session of the database a relay shows that it lives; a service lists it after `putAsidesMigration`. */
export function relaySessionsMigration(schema: string): Migration {
  return class implements MigrationInterface {
    name = 'RelaySessions1763700000150';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`alter table ${schema}.outbox_relays add column session integer`);
    }

    async down(): Promise<void> {
      throw new Error('Migrations only go forward');
    }
  };
}
