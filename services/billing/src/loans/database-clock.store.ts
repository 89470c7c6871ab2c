import type { Refusal } from '@tenor/contracts';
import { type Sql, statement } from '@tenor/service-kit';
import { secondsBetween, toMicroseconds } from './instants.ts';

const readClock = statement('database_clock', 'select clock_timestamp() as now');
// A writer has a transaction id from its first lock on, and reads the clock only after that.
const findWriter = statement(
  'database_open_writer',
  `select pid from pg_stat_activity
    where datname = current_database() and usename = current_user and backend_xid is not null and xact_start <= $1
    limit 1`,
);

const findOldestWriter = statement(
  'database_oldest_writer',
  `select min(xact_start) - interval '1 microsecond' as before from pg_stat_activity
    where datname = current_database() and usename = current_user and backend_xid is not null and xact_start <= $1`,
);

/** Nearly every writer ends sooner; the few that do not are looked for. */
export const SETTLED_AFTER_SECONDS = 5;

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

/** Whether the instant is old enough, and older than every open writer. */
export async function isSettled(sql: Sql, instant: string): Promise<boolean> {
  if (secondsBetween(instant, await databaseClock(sql)) < SETTLED_AFTER_SECONDS) return false;
  return !(await hasOpenWriter(sql, instant));
}

/**
 * The instant up to which all that was recorded can be read from now on, and nothing will be added: the one that is
 * asked for, or else the latest there is, just before the oldest open writer began. Refuses `known_at_too_recent`.
 */
export async function settledInstant(sql: Sql, asked: string | undefined): Promise<string | Refusal> {
  if (asked === undefined) {
    const now = await databaseClock(sql);
    const [row] = await sql.query<{ before: string | null }>(findOldestWriter, [now]);
    return row?.before ?? now;
  }
  const instant = toMicroseconds(asked);
  return (await isSettled(sql, instant)) ? instant : unsettled(instant);
}

/** The refusal of an instant that is not settled yet. */
export function unsettled(instant: string): Refusal {
  return { refused: 'known_at_too_recent', detail: `What was recorded until ${instant} may still change.` };
}
