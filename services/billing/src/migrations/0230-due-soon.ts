import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The next due date of each loan that the daily check has not told of, and those that it has. */
export class DueSoon1763700000230 implements MigrationInterface {
  name = 'DueSoon1763700000230';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table loans add next_due_on date, add told_dues date[] not null default '{}'`);
    // Of loans that are there already nobody knows it: the first check looks at each of them once.
    await runner.query(`update loans set next_due_on = disbursed_on where status = 'active'`);
    await runner.query('create index loans_next_due on loans (next_due_on) where next_due_on is not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index loans_next_due');
    await runner.query('alter table loans drop next_due_on, drop told_dues');
  }
}
