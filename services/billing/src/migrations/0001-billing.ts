import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bookTables } from './0001-books.sql.ts';
import { customerTables } from './0001-customers.sql.ts';

/**
 * The first schema. Tables are classed for growth past one machine: distributed ones have customer_id in every key,
 * directories lead from an id to its customer and are keyed by themselves, products is a reference table.
 */
export class Billing1763700000002 implements MigrationInterface {
  name = 'Billing1763700000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [...customerTables, ...bookTables]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table customer_credits, applied_payments, ledger_entries, loan_events, instalments, loans,
      loan_external_ids, loan_directory, products, customer_personal_data, customer_external_refs, customers`);
    await runner.query('drop function refuse_change');
  }
}
