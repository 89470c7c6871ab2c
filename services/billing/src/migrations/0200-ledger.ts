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
  closed_at timestamptz not null default now(),
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

/** Income that is earned before it is paid, and months that take no more postings. */
export class Ledger1763700000200 implements MigrationInterface {
  name = 'Ledger1763700000200';

  async up(runner: QueryRunner): Promise<void> {
    const texts = [growth, bookedThrough, leastBooked, periods, closedForGood, openFrom, holdBooking];
    for (const text of texts) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function hold_booking, books_open_from');
    await runner.query('drop table periods');
    await runner.query('alter table loans drop booked_through');
    await runner.query('alter table ledger_entries alter event_id set not null');
  }
}
