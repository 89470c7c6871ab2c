import { type Sql, statement } from '@tenor/service-kit';

const readClock = statement('database_clock', 'select clock_timestamp() as now');
// A writer has a transaction id from its first lock on, and reads the clock only after that.
const findWriter = statement(
  'database_open_writer',
  `select pid from pg_stat_activity
    where datname = current_database() and usename = current_user and backend_xid is not null and xact_start <= $1
    limit 1`,
);

/** The database's clock, RFC 3339 in UTC to the microsecond. For recording, ask it only while the customer is locked. */
export async function databaseClock(sql: Sql): Promise<string> {
  const [row] = await sql.query<{ now: string }>(readClock);
  if (row === undefined) throw new Error('The database did not tell the time');
  return row.now;
}

/** Whether somebody of this service is still writing who may record something at this instant or before. */
export async function hasOpenWriter(sql: Sql, instant: string): Promise<boolean> {
  return (await sql.query(findWriter, [instant])).length > 0;
}
