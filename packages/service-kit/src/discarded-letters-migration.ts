import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from './database.ts';

/** Finds what was discarded of an event that comes again; a service lists it after `kitMigration`. */
export function discardedLettersMigration(schema: string): Migration {
  return class implements MigrationInterface {
    name = 'DiscardedLetters1763701500130';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(
        `create index dead_letters_discarded on ${schema}.dead_letters (consumer, event_id) where status = 'discarded'`,
      );
    }

    async down(): Promise<void> {
      throw new Error('Migrations only go forward');
    }
  };
}
