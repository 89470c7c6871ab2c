import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from './database.ts';

/** The table of messages that an operator wants to be put aside; a service lists it after `kitMigration`. */
export function putAsidesMigration(schema: string): Migration {
  return class implements MigrationInterface {
    name = 'PutAsides1763701500001';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`
        create table ${schema}.put_asides (
          consumer text not null,
          topic text not null,
          partition integer not null,
          message_offset bigint not null,
          reason text not null,
          ordered_by text not null,
          ordered_at timestamptz not null default clock_timestamp(),
          primary key (consumer, topic, partition, message_offset)
        );
      `);
    }

    async down(): Promise<void> {
      throw new Error('Migrations only go forward');
    }
  };
}
