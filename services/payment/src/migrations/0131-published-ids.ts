import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is needed to publish the events that moved money again exactly as they were: their ids, which say their time
 * too, and what only the reversal's event knew.
 */
export class PublishedIds1763700000131 implements MigrationInterface {
  name = 'PublishedIds1763700000131';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(columns);
    await runner.query(settledBefore);
    await runner.query(reversedBefore);
    await runner.query(checks);
    await runner.query(
      'create index payments_by_value_date on payments (value_date, id) where settled_event_id is not null',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table payments drop column settled_event_id, drop column settled_sequence, drop column reversed_event_id,
         drop column reversal_kind, drop column reversal_reason`,
    );
  }
}

const columns = `
alter table payments
  add column settled_event_id  uuid,
  add column settled_sequence  bigint,
  add column reversed_event_id uuid,
  add column reversal_kind     text check (reversal_kind in ('reversal', 'chargeback')),
  add column reversal_reason   text`;

// The ids of events from before are not known. A payment's own id is a UUIDv7 too, and no other event has it; for the
// reversal its last digit is another one. A settlement is followed by nothing but a reversal.
const settledBefore = `
update payments set settled_event_id = id,
       settled_sequence = case status when 'reversed' then event_sequence - 1 else event_sequence end
 where status in ('settled', 'applied', 'reversed')`;
const reversedBefore = `
update payments set reversal_kind = 'reversal', reversed_event_id =
       (left(id::text, 35) || translate(right(id::text, 1), '0123456789abcdef', '123456789abcdef0'))::uuid
 where status = 'reversed'`;

const checks = `
alter table payments
  add constraint payments_settled_as check ((settled_event_id is null) = (settled_sequence is null)),
  add constraint payments_settled_by_event
    check (status in ('pending', 'failed', 'rejected') or settled_event_id is not null),
  add constraint payments_reversed_by_event
    check (status <> 'reversed' or (reversed_event_id is not null and reversal_kind is not null))`;
