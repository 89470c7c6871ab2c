import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pauses of delinquency, the day on which the daily check has to look at a loan, and the checks themselves. */
export class Delinquency1763700000192 implements MigrationInterface {
  name = 'Delinquency1763700000192';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table loans add pauses jsonb, add next_change_on date');
    // Of loans that are there already nobody knows it: the first check looks at each of them once.
    await runner.query(`update loans set next_change_on = disbursed_on where status = 'active'`);
    await runner.query('create index loans_next_change on loans (next_change_on) where next_change_on is not null');
    await runner.query(`
create table end_of_days (
  day         date primary key,
  total       integer not null check (total >= 0),
  done        integer not null default 0 check (done >= 0),
  started_at  timestamptz not null default now(),
  finished_at timestamptz
)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table end_of_days');
    await runner.query('drop index loans_next_change');
    await runner.query('alter table loans drop pauses, drop next_change_on');
  }
}
