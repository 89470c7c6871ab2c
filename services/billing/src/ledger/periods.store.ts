import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { Month } from './period.ts';

/** A month that takes no more postings. */
export interface ClosedPeriod {
  readonly month: Month;
  /** RFC 3339. */
  readonly closedAt: string;
  readonly closedBy: string;
}

interface PeriodRow {
  month: LocalDate;
  closed_at: string;
  closed_by: string;
}

const hold = statement('periods_hold_booking', 'select hold_booking()');
const selectLast = statement('periods_last', 'select max(month) as month from periods');
const insert = statement('periods_insert', 'insert into periods (month, closed_by) values ($1, $2)');
const selectPage = statement(
  'periods_page',
  `select month, closed_at, closed_by from periods
    where $1::date is null or month < $1 order by month desc limit $2`,
);
const select = statement('periods_find', 'select month, closed_at, closed_by from periods where month = $1');

/**
 * Waits until everybody who is booking has committed, and keeps others from booking until this transaction ends: what
 * they book then sees the month that it closes.
 */
export async function holdBooking(sql: Sql): Promise<void> {
  await sql.query(hold);
}

/** The latest closed month; null for none. */
export async function lastClosed(sql: Sql): Promise<Month | null> {
  const [row] = await sql.query<{ month: LocalDate | null }>(selectLast);
  return row?.month ?? null;
}

export function insertPeriod(sql: Transaction, month: Month, closedBy: string): void {
  sql.write(insert, [month, closedBy]);
}

/** Newest first, those before `before`. */
export async function pageOfPeriods(sql: Sql, before: Month | null, limit: number): Promise<ClosedPeriod[]> {
  return (await sql.query<PeriodRow>(selectPage, [before, limit])).map(toPeriod);
}

export async function findPeriod(sql: Sql, month: Month): Promise<ClosedPeriod | undefined> {
  const [row] = await sql.query<PeriodRow>(select, [month]);
  return row && toPeriod(row);
}

const toPeriod = (row: PeriodRow): ClosedPeriod => ({
  month: row.month,
  closedAt: row.closed_at,
  closedBy: row.closed_by,
});
