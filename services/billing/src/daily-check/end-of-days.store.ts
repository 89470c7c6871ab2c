import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { LoanKey } from '../loans/journal.store.ts';
import type { Standing } from '../loans/loan-book.ts';
import type { StoredLoan } from '../loans/stored-loan.ts';

/** The check of one business date. */
export interface EndOfDay {
  readonly day: LocalDate;
  /** Loans that were to be visited when it was last started; what was visited, once it is finished. */
  readonly total: number;
  readonly done: number;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/** Up to which day the loans of a time zone are due; null is the installation's zone. */
export interface DueDay {
  readonly timeZone: string | null;
  readonly day: LocalDate;
  /** Instalments that fall due until then are told of. */
  readonly soon: LocalDate;
}

interface EndOfDayRow {
  day: LocalDate;
  total: number;
  done: number;
  started_at: string;
  finished_at: string | null;
}

const selectZones = statement(
  'end_of_day_time_zones',
  `select distinct definition->'policy'->>'timeZone' as time_zone from products`,
);
const dueLoans = `unnest($1::text[], $2::date[], $3::date[]) as d (time_zone, day, soon)
  join loans l on (l.next_change_on <= d.day or l.next_due_on <= d.soon)
   and l.policy->>'timeZone' is not distinct from d.time_zone`;
const countDueLoans = statement('end_of_day_count_due', `select count(*)::integer as due from ${dueLoans}`);
// Whoever writes a loan holds its customer's row: what is locked is being written, or checked by another replica.
const claim = statement(
  'end_of_day_claim',
  `select l.customer_id, l.id as loan_id from ${dueLoans}
     join customers c on c.id = l.customer_id limit $4 for update of c skip locked`,
);
const start = statement(
  'end_of_day_start',
  `insert into end_of_days (day, total) values ($1, $2)
     on conflict (day) do update set total = end_of_days.done + excluded.total, finished_at = null`,
);
const addDone = statement('end_of_day_add_done', 'update end_of_days set done = done + $2 where day = $1');
// Loans that a payment or another event brought up to date meanwhile needed no visit.
const finish = statement(
  'end_of_day_finish',
  'update end_of_days set total = done, finished_at = now() where day = $1 and finished_at is null',
);
const select = statement(
  'end_of_day_find',
  'select day, total, done, started_at, finished_at from end_of_days where day = $1',
);
const saveVisits = statement(
  'end_of_day_save_visits',
  `update loans set announced_delinquent = new.announced_delinquent, announced_bucket = new.announced_bucket,
          next_change_on = new.next_change_on, next_due_on = new.next_due_on, told_dues = new.told_dues::date[],
          event_sequence = new.event_sequence, booked_through = new.booked_through
     from unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::text[], $5::date[], $6::date[], $7::text[], $8::bigint[],
                 $9::date[])
       as new (customer_id, id, announced_delinquent, announced_bucket, next_change_on, next_due_on, told_dues,
               event_sequence, booked_through)
    where loans.customer_id = new.customer_id and loans.id = new.id`,
);

/** All time zones that a loan may keep, as the products have them. */
export async function timeZones(sql: Sql): Promise<(string | null)[]> {
  return (await sql.query<{ time_zone: string | null }>(selectZones)).map((row) => row.time_zone);
}

export async function countDue(sql: Sql, due: readonly DueDay[]): Promise<number> {
  const [row] = await sql.query<{ due: number }>(countDueLoans, columnsOf(due));
  return row?.due ?? 0;
}

/** Loans that are due, at most so many, whose customers are now locked; those of customers that are locked already are left out. */
export async function claimDue(sql: Sql, due: readonly DueDay[], limit: number): Promise<LoanKey[]> {
  const rows = await sql.query<{ customer_id: string; loan_id: string }>(claim, [...columnsOf(due), limit]);
  return rows.map((row) => ({ customerId: row.customer_id, loanId: row.loan_id }));
}

/** Begins the day's check with so many loans to visit, or goes on with it. */
export function startDay(sql: Transaction, day: LocalDate, due: number): void {
  sql.write(start, [day, due]);
}

export async function finishDay(sql: Sql, day: LocalDate): Promise<void> {
  await sql.query(finish, [day]);
}

export async function findDay(sql: Sql, day: LocalDate): Promise<EndOfDay | undefined> {
  const [row] = await sql.query<EndOfDayRow>(select, [day]);
  if (row === undefined) return undefined;
  const { total, done, started_at: startedAt, finished_at: finishedAt } = row;
  return { day: row.day, total, done, startedAt, finishedAt };
}

export type Visit = Standing & Pick<StoredLoan, 'eventSequence' | 'bookedThrough'> & LoanKey;

/** Stores what visits left, and counts them. */
export function saveVisited(sql: Transaction, day: LocalDate, visits: readonly Visit[]): void {
  if (visits.length === 0) return;
  sql.write(saveVisits, [
    visits.map(({ customerId }) => customerId),
    visits.map(({ loanId }) => loanId),
    visits.map(({ announced }) => announced.isDelinquent),
    visits.map(({ announced }) => announced.bucket),
    visits.map(({ nextChangeOn }) => nextChangeOn),
    visits.map(({ nextDueOn }) => nextDueOn),
    visits.map(({ announced }) => `{${announced.dues.join(',')}}`),
    visits.map(({ eventSequence }) => eventSequence),
    visits.map(({ bookedThrough }) => bookedThrough),
  ]);
  sql.write(addDone, [day, visits.length]);
}

const columnsOf = (due: readonly DueDay[]) => [
  due.map(({ timeZone }) => timeZone),
  due.map(({ day }) => day),
  due.map(({ soon }) => soon),
];
