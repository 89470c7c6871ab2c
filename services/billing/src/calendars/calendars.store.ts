import type { ClosedDays } from '@tenor/calendar';
import { type Sql, statement } from '@tenor/service-kit';
import { type Calendar, closedDaysOf } from './calendar.ts';

export interface StoredCalendar extends Calendar {
  /** From 1, one more with each change. */
  readonly version: number;
}

const columns = 'name, version, weekend, holidays';

const upsert = statement(
  'calendars_upsert',
  `insert into calendars (name, weekend, holidays) values ($1, $2::smallint[], $3::jsonb)
     on conflict (name) do update
       set version = calendars.version + 1, weekend = excluded.weekend, holidays = excluded.holidays
     returning version`,
);
const updateVersion = statement(
  'calendars_update_version',
  `update calendars set version = version + 1, weekend = $2::smallint[], holidays = $3::jsonb
    where name = $1 and ($4::integer is null or version = $4) returning version`,
);
const selectAll = statement('calendars_select', `select ${columns} from calendars where name = any($1::text[])`);
const lockOne = statement('calendars_lock', `select ${columns} from calendars where name = $1 for update`);
const selectPage = statement(
  'calendars_page',
  `select ${columns} from calendars where $1::text is null or name > $1 order by name limit $2`,
);

/** Stores a calendar under its name, new or over the old one, and returns its version. */
export async function saveCalendar(sql: Sql, { name, weekend, holidays }: Calendar): Promise<number> {
  const [row] = await sql.query<{ version: number }>(upsert, [name, weekend, JSON.stringify(holidays)]);
  if (row === undefined) throw new Error(`the calendar ${name} was not stored`);
  return row.version;
}

/** Changes a calendar that is there, at this version or at any (null). Undefined where there is no such one. */
export async function changeCalendar(
  sql: Sql,
  { name, weekend, holidays }: Calendar,
  version: number | null,
): Promise<number | undefined> {
  const values = [name, weekend, JSON.stringify(holidays), version];
  const [row] = await sql.query<{ version: number }>(updateVersion, values);
  return row?.version;
}

export async function findCalendar(sql: Sql, name: string): Promise<StoredCalendar | undefined> {
  const [calendar] = await sql.query<StoredCalendar>(selectAll, [[name]]);
  return calendar;
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockCalendar(sql: Sql, name: string): Promise<StoredCalendar | undefined> {
  const [calendar] = await sql.query<StoredCalendar>(lockOne, [name]);
  return calendar;
}

/** By name, after the given one. */
export function listCalendars(sql: Sql, after: string | null, limit: number): Promise<StoredCalendar[]> {
  return sql.query<StoredCalendar>(selectPage, [after, limit]);
}

/** The closed days of those calendars that exist, by name; null, for terms without a calendar, names none. */
export async function findClosedDays(
  sql: Sql,
  names: readonly (string | null | undefined)[],
): Promise<ReadonlyMap<string, ClosedDays>> {
  const named = new Set(names.filter((name) => name != null));
  if (named.size === 0) return new Map();
  const calendars = await sql.query<StoredCalendar>(selectAll, [[...named]]);
  return new Map(calendars.map((calendar) => [calendar.name, closedDaysOf(calendar)]));
}
