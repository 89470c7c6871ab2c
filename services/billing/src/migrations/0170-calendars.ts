import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Holiday calendars: a reference table. A loan keeps the closed days that it read, so a calendar may change. */
export class Calendars1763700000170 implements MigrationInterface {
  name = 'Calendars1763700000170';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table calendars (
        name     text primary key,
        version  integer not null default 1 check (version > 0),
        weekend  smallint[] not null,
        holidays jsonb not null
      )`);
    await runner.query('alter table loans add closed_days jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loans drop closed_days');
    await runner.query('drop table calendars');
  }
}
