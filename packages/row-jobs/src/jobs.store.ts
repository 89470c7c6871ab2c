import { type Sql, statement } from '@tenor/service-kit';

export type JobStatus = 'queued' | 'running' | 'done' | 'failed';
export type FileFormat = 'xlsx' | 'csv' | 'items';

/** A job as it stands. */
export interface Job {
  readonly id: string;
  readonly status: JobStatus;
  readonly kind: string;
  readonly format: FileFormat;
  readonly parameters: object;
  readonly caller: string;
  readonly fileBytes: number;
  /** The columns as the file names them; null until it was looked through, and for an array. */
  readonly header: readonly string[] | null;
  /** Null until the file was looked through. */
  readonly rowsTotal: number | null;
  readonly rowsDone: number;
  readonly rowsRepeated: number;
  readonly rowsRefused: number;
  /** Number of the last row whose outcome is committed; 0 before the first. */
  readonly lastRow: number;
  /** How often a worker was lost since the last row. */
  readonly stalls: number;
  readonly failure: { readonly code: string; readonly detail: string } | null;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

interface JobRow {
  id: string;
  status: JobStatus;
  kind: string;
  format: FileFormat;
  parameters: object;
  caller: string;
  file_bytes: bigint;
  header: string[] | null;
  rows_total: number | null;
  rows_done: number;
  rows_repeated: number;
  rows_refused: number;
  last_row: number;
  stalls: number;
  failure_code: string | null;
  failure_detail: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
}

/** Who works on a job; its writes count only as long as the job is leased to it. */
export interface Lease {
  readonly jobId: string;
  readonly owner: string;
}

const columns =
  'id, status, kind, format, parameters, caller, file_bytes, header, rows_total, rows_done, rows_repeated, ' +
  'rows_refused, last_row, stalls, failure_code, failure_detail, created_at, started_at, ended_at';

const insertReceiving = statement(
  'row_jobs_receive',
  `insert into row_jobs (id, status, caller, purge_at)
     values ($1, 'receiving', $2, now() + $3 * interval '1 minute')`,
);
const toQueue = statement(
  'row_jobs_queue',
  `update row_jobs set status = 'queued', kind = $2, format = $3, parameters = $4, file_bytes = $5, purge_at = null,
          created_at = now()
    where id = $1 and status = 'receiving' returning id`,
);
const discardReceived = statement('row_jobs_discard', `delete from row_jobs where id = $1 and status = 'receiving'`);
const claimOne = statement(
  'row_jobs_claim',
  `update row_jobs set status = 'running', started_at = coalesce(started_at, now()), lease_owner = $1,
          lease_until = now() + $2 * interval '1 millisecond', stalls = stalls + (lease_until is not null)::integer
    where id = (select id from row_jobs
                 where status in ('queued', 'running') and (lease_until is null or lease_until < now())
                   and ($3::uuid is null or id = $3) and kind = any($4::text[])
                 order by created_at limit 1 for update skip locked)
    returning ${columns}`,
);
const renewLease = statement(
  'row_jobs_renew',
  `update row_jobs set lease_until = now() + $3 * interval '1 millisecond'
    where id = $1 and lease_owner = $2 returning id`,
);
const releaseLease = statement(
  'row_jobs_release',
  'update row_jobs set lease_owner = null, lease_until = null where id = $1 and lease_owner = $2',
);
const saveLook = statement(
  'row_jobs_save_look',
  'update row_jobs set header = $3, rows_total = $4 where id = $1 and lease_owner = $2 returning id',
);
const advance = statement(
  'row_jobs_advance',
  `update row_jobs set last_row = $4, rows_done = rows_done + $5, rows_repeated = rows_repeated + $6,
          rows_refused = rows_refused + $7, stalls = 0
    where id = $1 and lease_owner = $2 and last_row = $3 returning id`,
);
const endJob = statement(
  'row_jobs_end',
  `with ended as (
     update row_jobs set status = $3, failure_code = $4, failure_detail = $5, ended_at = now(), lease_owner = null,
            lease_until = null, purge_at = now() + $6 * interval '1 day'
      where id = $1 and lease_owner = $2 returning id
   ), emptied as (
     delete from row_job_parts using ended where job_id = ended.id
   )
   select id from ended`,
);
const selectOne = statement(
  'row_jobs_find',
  `select ${columns} from row_jobs where id = $1 and kind = any($2::text[]) and status <> 'receiving'`,
);
const selectPage = statement(
  'row_jobs_page',
  `select ${columns} from row_jobs
    where ($1::uuid is null or id < $1) and kind = any($2::text[]) and status <> 'receiving'
    order by id desc limit $3`,
);

function toJob(row: JobRow): Job {
  return {
    id: row.id,
    status: row.status,
    kind: row.kind,
    format: row.format,
    parameters: row.parameters,
    caller: row.caller,
    fileBytes: Number(row.file_bytes),
    header: row.header,
    rowsTotal: row.rows_total,
    rowsDone: row.rows_done,
    rowsRepeated: row.rows_repeated,
    rowsRefused: row.rows_refused,
    lastRow: row.last_row,
    stalls: row.stalls,
    failure: row.failure_code === null ? null : { code: row.failure_code, detail: row.failure_detail ?? '' },
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** Another worker has the job now, or nobody needs it done. */
export class LeaseLost extends Error {}

/** Makes room for a file; what is not queued within so many minutes is purged. */
export async function startReceiving(sql: Sql, id: string, caller: string, minutes: number): Promise<void> {
  await sql.query(insertReceiving, [id, caller, minutes]);
}

/** Hands a received file to the workers. Throws when it is not there any more. */
export async function enqueue(
  sql: Sql,
  job: Pick<Job, 'id' | 'kind' | 'format' | 'parameters' | 'fileBytes'>,
): Promise<void> {
  const values = [job.id, job.kind, job.format, JSON.stringify(job.parameters), job.fileBytes];
  if ((await sql.query(toQueue, values)).length === 0) throw new Error('The file took longer to come than it is kept');
}

/** Takes back a file that was not queued. */
export async function discardReceiving(sql: Sql, id: string): Promise<void> {
  await sql.query(discardReceived, [id]);
}

/** Leases the oldest open job of these kinds that nobody works on, or the one that is named. */
export async function claimJob(
  sql: Sql,
  { owner, leaseMs, kinds, id }: { owner: string; leaseMs: number; kinds: readonly string[]; id: string | null },
): Promise<Job | undefined> {
  const [row] = await sql.query<JobRow>(claimOne, [owner, leaseMs, id, kinds]);
  return row && toJob(row);
}

/** Whether the lease goes on. */
export async function renew(sql: Sql, { jobId, owner }: Lease, leaseMs: number): Promise<boolean> {
  return (await sql.query(renewLease, [jobId, owner, leaseMs])).length === 1;
}

/** Lets another worker have the job at once. */
export async function release(sql: Sql, { jobId, owner }: Lease): Promise<void> {
  await sql.query(releaseLease, [jobId, owner]);
}

/** Keeps what the first look through the file found. Throws LeaseLost. */
export async function keepLook(
  sql: Sql,
  { jobId, owner }: Lease,
  look: { header: readonly string[] | null; rowsTotal: number },
): Promise<void> {
  const header = look.header && JSON.stringify(look.header);
  expectOne(await sql.query(saveLook, [jobId, owner, header, look.rowsTotal]));
}

export interface Advance {
  /** Numbers of the last row before the chunk and of its own last row. */
  readonly from: number;
  readonly to: number;
  readonly done: number;
  readonly repeated: number;
  readonly refused: number;
}

/** Commits, with the effects of a chunk, that it is done. Throws LeaseLost when somebody else has done it. */
export async function advanceJob(sql: Sql, { jobId, owner }: Lease, to: Advance): Promise<void> {
  expectOne(await sql.query(advance, [jobId, owner, to.from, to.to, to.done, to.repeated, to.refused]));
}

/** Ends the job and deletes its file; false when it is another worker's. */
export async function endJobAs(
  sql: Sql,
  { jobId, owner }: Lease,
  failure: Job['failure'],
  keepDays: number,
): Promise<boolean> {
  const status = failure === null ? 'done' : 'failed';
  return (
    (await sql.query(endJob, [jobId, owner, status, failure?.code ?? null, failure?.detail ?? null, keepDays]))
      .length === 1
  );
}

function expectOne(rows: readonly unknown[]): void {
  if (rows.length === 0) throw new LeaseLost('The job is leased to another worker');
}

export async function findJob(sql: Sql, kinds: readonly string[], id: string): Promise<Job | undefined> {
  const [row] = await sql.query<JobRow>(selectOne, [id, kinds]);
  return row && toJob(row);
}

/** Newest first. */
export async function pageOfJobs(
  sql: Sql,
  kinds: readonly string[],
  before: string | undefined,
  limit: number,
): Promise<Job[]> {
  return (await sql.query<JobRow>(selectPage, [before ?? null, kinds, limit])).map(toJob);
}
