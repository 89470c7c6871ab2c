import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds that failed by a refusal, and payouts of which the provider tells afterwards that it has made them. */
export class ContradictedPayouts1763700000155 implements MigrationInterface {
  name = 'ContradictedPayouts1763700000155';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(refusals);
    await runner.query('alter table provider_calls add contradicted_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table provider_calls drop contradicted_at');
    await runner.query('alter table refunds drop payout_refused');
  }
}

const refusals = `
alter table refunds
  add payout_refused boolean not null default false,
  add constraint refunds_payout_refused_check check (not payout_refused or status = 'failed')`;
