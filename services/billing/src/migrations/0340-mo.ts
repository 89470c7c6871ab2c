import type { MigrationInterface, QueryRunner } from 'typeorm';

// What clients of the profile mo say of customers and loans that means nothing here, and is told back to them.
const customers = `
create table mo_customers (
  customer_id    uuid primary key references customers,
  preapproved_at timestamptz not null
)`;
const loans = `
create table mo_loans (
  loan_id          uuid primary key,
  contract_version text not null
)`;

/** What the profile mo keeps beside customers and loans. */
export class Mo1763700000340 implements MigrationInterface {
  name = 'Mo1763700000340';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [customers, loans]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table mo_customers, mo_loans');
  }
}
