import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the profile kopa keeps beside customers and loans. */
export class Kopa1763700000350 implements MigrationInterface {
  name = 'Kopa1763700000350';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [deletedCustomers, changedApplications]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index loans_scored');
    await runner.query('drop table kopa_deleted_customers, kopa_changed_applications');
  }
}

// Whoever was made inactive at this version, and changed by nobody since, was deleted by a client of this API.
const deletedCustomers = `
create table kopa_deleted_customers (
  customer_id uuid primary key references customers,
  version     integer not null
)`;

// Pending loans that were cancelled since another one took their place: to this API's clients, one loan was changed.
const changedApplications = `
create table kopa_changed_applications (
  customer_id uuid not null references customers,
  loan_id     uuid not null,
  primary key (customer_id, loan_id)
);
create index loans_scored on loans (id) where product_code = 'scored'`;
