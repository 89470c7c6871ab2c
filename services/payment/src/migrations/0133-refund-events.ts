import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What reconciliation needs of refunds: the day of the request, and under which ids and numbers events told of them. */
export class RefundEvents1763700000133 implements MigrationInterface {
  name = 'RefundEvents1763700000133';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [requestedOn, byDay, refundEvents, before]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table refund_events');
    await runner.query('alter table refunds drop column requested_on');
  }
}

const requestedOn = `
alter table refunds add column requested_on date generated always as ((requested_at at time zone 'UTC')::date) stored`;
const byDay = 'create index refunds_by_day on refunds (requested_on, id)';

const refundEvents = `
create table refund_events (
  customer_id uuid not null references customers,
  refund_id   uuid not null,
  sequence    bigint not null,
  kind        text not null check (kind in ('requested', 'paid_out', 'failed')),
  event_id    uuid not null,
  primary key (customer_id, refund_id, sequence)
)`;

// The ids of events from before are not known. A refund's own id is a UUIDv7 too, and no other event has it; for its end
// the last digit is another one.
const before = `
insert into refund_events (customer_id, refund_id, sequence, kind, event_id)
select customer_id, id, 1, 'requested', id from refunds
union all
select customer_id, id, 2, status,
       (left(id::text, 35) || translate(right(id::text, 1), '0123456789abcdef', '123456789abcdef0'))::uuid
  from refunds where status in ('paid_out', 'failed')`;
