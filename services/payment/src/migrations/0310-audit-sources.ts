import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The request that recorded a payment; and what auditors are shown of a payment stays as it was recorded. */
export class AuditSources1763700000311 implements MigrationInterface {
  name = 'AuditSources1763700000311';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table payments add column origin jsonb');
    await runner.query(keepAsRecorded);
    await runner.query(keepAll);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop trigger payments_as_recorded on payments');
    await runner.query('drop trigger payments_stay on payments');
    await runner.query('alter table payments drop column origin');
  }
}

// Asked only when a statement names one of these columns: what moves a payment on pays nothing for it.
const keepAsRecorded = `
create trigger payments_as_recorded
  before update of customer_id, id, amount, currency, value_date, recorded_at, method, allocation, caller, origin
  on payments for each statement execute function refuse_change_of_log()`;
const keepAll = `
create trigger payments_stay before delete or truncate on payments
  for each statement execute function refuse_change_of_log()`;
