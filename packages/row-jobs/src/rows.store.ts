import type { Refusal } from '@tenor/contracts';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { RowOutcome } from './row-kind.ts';
import { openValues, type RowValues, sealValues } from './row-values.ts';

/** What became of a row. */
export interface SettledRow {
  readonly number: number;
  readonly outcome: 'done' | 'repeated' | 'refused';
  readonly result: Readonly<Record<string, string>> | null;
  readonly refusal: Refusal | null;
  /** Of a refused row, to be corrected and sent again; null of any other. */
  readonly values: RowValues | null;
}

interface SettledRowRow {
  number: number;
  outcome: SettledRow['outcome'];
  result: SettledRow['result'];
  refusal: Refusal | null;
  row_values: string | null;
}

/** A row's key and content as keyed hashes. */
export interface RowMark {
  readonly key: Buffer;
  readonly content: Buffer;
}

const insertRows = statement(
  'row_job_rows_insert',
  `insert into row_job_rows (job_id, number, outcome, result, refusal, row_values)
   select $1, * from unnest($2::integer[], $3::text[], $4::jsonb[], $5::jsonb[], $6::text[])`,
);
const selectKnown = statement(
  'known_rows_select',
  'select key, content, outcome from known_rows where kind = $1 and key = any($2::bytea[])',
);
const insertKnown = statement(
  'known_rows_insert',
  `insert into known_rows (kind, key, content, outcome)
   select $1, * from unnest($2::bytea[], $3::bytea[], $4::jsonb[]) on conflict (kind, key) do nothing returning key`,
);
const selectPage = statement(
  'row_job_rows_page',
  `select number, outcome, result, refusal, row_values from row_job_rows
    where job_id = $1 and number > $2 order by number limit $3`,
);
const selectRefused = statement(
  'row_job_rows_refused',
  `select number, outcome, result, refusal, row_values from row_job_rows
    where job_id = $1 and number > $2 and outcome = 'refused' order by number limit $3`,
);

/** Stores what became of a chunk's rows. */
export function addRows(sql: Transaction, jobId: string, rows: readonly SettledRow[]): void {
  sql.write(insertRows, [
    jobId,
    rows.map(({ number }) => number),
    rows.map(({ outcome }) => outcome),
    rows.map(({ result }) => result && JSON.stringify(result)),
    rows.map(({ refusal }) => refusal && JSON.stringify(refusal)),
    rows.map(({ values }) => values && sealValues(values)),
  ]);
}

/** Those of the rows that are known, by their key in hex, with what became of them the first time. */
export async function knownRows(
  sql: Sql,
  kind: string,
  marks: readonly RowMark[],
): Promise<Map<string, { content: Buffer; outcome: RowOutcome }>> {
  if (marks.length === 0) return new Map();
  const rows = await sql.query<{ key: Buffer; content: Buffer; outcome: RowOutcome }>(selectKnown, [
    kind,
    marks.map(({ key }) => key),
  ]);
  return new Map(rows.map(({ key, ...known }) => [key.toString('hex'), known]));
}

/** Makes rows known for ever; false when another job has made one of them known meanwhile. */
export async function makeKnown(
  sql: Sql,
  kind: string,
  rows: readonly (RowMark & { readonly outcome: RowOutcome })[],
): Promise<boolean> {
  if (rows.length === 0) return true;
  // In one order everywhere, so that two jobs that bring the same rows wait for one another and do not lock up.
  const sorted = rows.toSorted((one, other) => Buffer.compare(one.key, other.key));
  const made = await sql.query(insertKnown, [
    kind,
    sorted.map(({ key }) => key),
    sorted.map(({ content }) => content),
    sorted.map(({ outcome }) => JSON.stringify(outcome)),
  ]);
  return made.length === rows.length;
}

/** What became of a job's rows, in the order of the file, behind `after`. */
export const rowsOfJob = (sql: Sql, jobId: string, after: number, limit: number): Promise<SettledRow[]> =>
  pageOfRows(sql, jobId, { after, limit, onlyRefused: false });

/** Rows in the order of the file, behind `after`. */
export async function pageOfRows(
  sql: Sql,
  jobId: string,
  { after, limit, onlyRefused }: { after: number; limit: number; onlyRefused: boolean },
): Promise<SettledRow[]> {
  const rows = await sql.query<SettledRowRow>(onlyRefused ? selectRefused : selectPage, [jobId, after, limit]);
  return rows.map(({ row_values: sealed, ...row }) => ({
    ...row,
    values: sealed === null ? null : openValues(sealed),
  }));
}
