import type { Migration } from '@tenor/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

// owner tells apart what a file numbered for each customer; it is empty elsewhere.
const tables = (schema: string): string => `
  create table ${schema}.public_numbers (
    profile text not null,
    kind text not null,
    id uuid not null,
    owner text not null default '',
    number bigint not null check (number > 0),
    primary key (profile, kind, id),
    unique (profile, kind, number, owner)
  );
  create table ${schema}.public_number_ends (
    profile text not null,
    kind text not null,
    last bigint not null,
    primary key (profile, kind)
  );
`;

/** The whole numbers by which the clients of a profile know what Tenor knows by its ids. */
export function publicNumbersMigration(schema: string): Migration {
  return class implements MigrationInterface {
    name = 'PublicNumbers1763700000320';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(tables(schema));
    }

    async down(): Promise<void> {
      throw new Error('Migrations only go forward');
    }
  };
}
