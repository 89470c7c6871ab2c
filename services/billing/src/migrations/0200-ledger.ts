import type { MigrationInterface, QueryRunner } from 'typeorm';

// What the passing of a day earned belongs to no event.
const growth = 'alter table ledger_entries alter event_id drop not null';
// The last day whose growth is booked; null where income is what was paid.
const bookedThrough = 'alter table loans add booked_through date';
const leastBooked = `
create index loans_booked_through on loans (booked_through) where status = 'active' and booked_through is not null`;

// Months that are closed: none between them is open.
const periods = `
create table periods (
  month     date primary key check (extract(day from month) = 1),
  closed_at timestamptz not null default clock_timestamp(),
  closed_by text not null
)`;
const closedForGood = `
create trigger periods_closed_for_good before update or delete or truncate on periods
  for each statement execute function refuse_change()`;

/** Taken shared by whoever books, alone by whoever closes a month; until the transaction ends. */
const BOOKING_LOCK = 7_300_200;
// Each statement of a volatile function sees what was committed before it: also a month that was closed while it waited.
const openFrom = `
create function books_open_from() returns date language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock_shared(${BOOKING_LOCK});
  return (select max(month) + interval '1 month' from periods)::date;
end
$$`;
const holdBooking = `
create function hold_booking() returns void language sql volatile as 'select pg_advisory_xact_lock(${BOOKING_LOCK})'`;

const components = ['principal', 'interest', 'fee', 'penalty'] as const;
const extra = (cause: string, component: string) =>
  `coalesce((own.additions -> '${cause}' ->> '${component}')::bigint, 0)`;
const asked = components.map((component) => {
  const planned = component === 'penalty' ? '0' : `i.${component}`;
  const given = ['waived', 'forgone', 'writtenOff'].map((cause) => ` - ${extra(cause, component)}`).join('');
  return `${planned} + ${extra('charged', component)} + ${extra('grown', component)}${given} as asked_${component}`;
});
const columns =
  'number, due_date, principal, interest, fee, balance_after, paid_principal, paid_interest, paid_fee, paid_penalty';
const arrays =
  'numbers, due_dates, principals, interests, fees, balances_after, paid_principals, paid_interests, paid_fees, paid_penalties';
const instalments = (more: string) => `
create view instalments as
select l.customer_id, l.id as loan_id, l.schedule_version as version, i.*${more}
  from loans l
 cross join lateral unnest(${arrays}) as i (${columns})
 cross join lateral (select l.additions -> i.number::text as additions) own`;

/** Income that is earned before it is paid, and months that take no more postings. */
export class Ledger1763700000200 implements MigrationInterface {
  name = 'Ledger1763700000200';

  async up(runner: QueryRunner): Promise<void> {
    const texts = [growth, bookedThrough, leastBooked, periods, closedForGood, openFrom, holdBooking];
    for (const text of texts) await runner.query(text);
    // What an instalment asks is its plan, what came on top, less what was given up.
    await runner.query('drop view instalments');
    await runner.query(instalments(`, ${asked.join(', ')}`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop view instalments');
    await runner.query(instalments(''));
    await runner.query('drop function hold_booking, books_open_from');
    await runner.query('drop table periods');
    await runner.query('alter table loans drop booked_through');
    await runner.query('alter table ledger_entries alter event_id set not null');
  }
}
