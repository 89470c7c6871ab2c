import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What payments did is also read by value date and by payment alone, across customers: for reconciliation only. */
export class AppliedCredits1763700000130 implements MigrationInterface {
  name = 'AppliedCredits1763700000130';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index applied_payments_by_date on applied_payments (value_date, payment_id)');
    await runner.query('create index applied_payments_by_payment on applied_payments (payment_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index applied_payments_by_payment, applied_payments_by_date');
  }
}
