import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the outcome of a provider's call is known, when it is asked for, and refunds that came back. */
export class ProviderOutcomes1763700000140 implements MigrationInterface {
  name = 'ProviderOutcomes1763700000140';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [outcomes, concludeKnown, askForOthers, callIndexes, eventAges]) await runner.query(text);
    for (const text of withStatuses(['refused', 'paid_out', 'failed', 'returned'])) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const text of withStatuses(['refused', 'paid_out', 'failed'])) await runner.query(text);
    await runner.query('drop index provider_events_received_at, provider_calls_without_outcome, provider_calls_asked');
    await runner.query('alter table provider_calls drop concluded_at, drop next_poll_at, drop polls');
  }
}

// A call without concluded_at has no outcome yet. next_poll_at is set while the provider is asked for it.
const outcomes = `
alter table provider_calls
  add concluded_at timestamptz,
  add next_poll_at timestamptz,
  add polls        integer not null default 0`;

const concludeKnown = `
update provider_calls c set concluded_at = clock_timestamp()
 where (kind = 'charge' and exists (select from payments p
          where p.customer_id = c.customer_id and p.id = c.id and p.status <> 'pending'))
    or (kind = 'payout' and exists (select from refunds r
          where r.customer_id = c.customer_id and r.id = c.id and r.status <> 'authorised'))`;

const askForOthers = `
update provider_calls set next_poll_at = clock_timestamp() where concluded_at is null and next_attempt_at is null`;

const callIndexes = `
create index provider_calls_asked on provider_calls (provider, next_poll_at) where next_poll_at is not null;
create index provider_calls_without_outcome on provider_calls (provider, kind, requested_at) where concluded_at is null`;

const eventAges = 'create index provider_events_received_at on provider_events using brin (received_at)';

/** The rules of refunds, where these are the ends that one can come to. */
function withStatuses(ends: readonly string[]): string[] {
  const list = (statuses: readonly string[]): string => statuses.map((status) => `'${status}'`).join(', ');
  return [
    `alter table refunds drop constraint refunds_status_check, drop constraint refunds_check,
       drop constraint refunds_check1, drop constraint refunds_check2`,
    `alter table refunds
       add constraint refunds_status_check check (status in (${list(['requested', 'authorised', ...ends])})),
       add constraint refunds_check
         check ((reason is not null) = (status in (${list(ends.filter((end) => end !== 'paid_out'))}))),
       add constraint refunds_check1 check ((decided_at is null) = (status = 'requested')),
       add constraint refunds_check2 check ((closed_at is not null) = (status in (${list(ends)})))`,
  ];
}
