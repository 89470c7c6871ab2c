import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What of each recovery is credit of the customer, and its place in the fold, which is that of its own id now. */
export class Recoveries1763700000240 implements MigrationInterface {
  name = 'Recoveries1763700000240';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [recoveries, known, places]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(formerPlaces);
    await runner.query('drop table recoveries');
  }
}

const recoveries = `
create table recoveries (
  customer_id uuid not null references customers,
  id          uuid not null,
  loan_id     uuid not null,
  currency    text not null,
  amount      bigint not null check (amount > 0),
  credited    bigint not null check (credited between 0 and amount),
  value_date  date not null,
  recorded_at timestamptz not null,
  primary key (customer_id, id)
)`;

// Recorded amounts have all decimals of their currency, so that without the point they are minor units.
const known = `
insert into recoveries
select e.customer_id, (e.payload::jsonb->>'recoveryId')::uuid, e.loan_id, l.currency,
       replace(e.payload::jsonb->>'amount', '.', '')::bigint, 0, e.value_date, e.recorded_at
  from loan_events e join loans l on l.customer_id = e.customer_id and l.id = e.loan_id
 where e.type = 'recovered'`;

const places = `
update loans l
   set last_key = last_key || jsonb_build_object('ref', e.payload::jsonb->>'recoveryId', 'id', e.payload::jsonb->>'recoveryId')
  from loan_events e
 where e.type = 'recovered' and e.customer_id = l.customer_id and e.loan_id = l.id and l.last_key->>'id' = e.id::text`;

const formerPlaces = `
update loans l set last_key = last_key || jsonb_build_object('ref', e.id, 'id', e.id)
  from loan_events e
 where e.type = 'recovered' and e.customer_id = l.customer_id and e.loan_id = l.id
   and l.last_key->>'id' = e.payload::jsonb->>'recoveryId'`;
