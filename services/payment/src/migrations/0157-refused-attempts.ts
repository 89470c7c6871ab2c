import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refusals belong to the call, beside its other attempts: what a refund made of them is told by the call itself. */
export class RefusedAttempts1763700000157 implements MigrationInterface {
  name = 'RefusedAttempts1763700000157';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [refusals, refusedBefore]) await runner.query(text);
    await runner.query('alter table refunds drop payout_refused');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const text of [payoutRefused, payoutsRefused]) await runner.query(text);
    await runner.query('alter table provider_calls drop refusal_code, drop denials');
  }
}

// refusal_code is set once an attempt was refused; denials counts what the provider, asked since, did not know or told
// to have failed.
const refusals = `
alter table provider_calls
  add refusal_code text,
  add denials      integer not null default 0`;
const refusedBefore = `
update provider_calls c set refusal_code = r.reason
  from refunds r
 where r.payout_refused and c.customer_id = r.customer_id and c.kind = 'payout' and c.id = r.id`;

const payoutRefused = `
alter table refunds
  add payout_refused boolean not null default false,
  add constraint refunds_payout_refused_check check (not payout_refused or status = 'failed')`;
const payoutsRefused = `
update refunds r set payout_refused = true
  from provider_calls c
 where r.status = 'failed' and c.customer_id = r.customer_id and c.kind = 'payout' and c.id = r.id
   and c.refusal_code is not null`;
