import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_LIMITS, FileFault, type ReadLimits } from '@tenor/row-files';
import { type Database, isEnvironmentFault, type Logger, newId, repeat } from '@tenor/service-kit';
import { type ChunkWork, type MarkedRow, markRow, settleChunk, tellBug } from './chunk-work.ts';
import { chunksOf } from './chunks.ts';
import { lookThrough, type RowFile, rowsAfter, type UnreadRow } from './file-rows.ts';
import { claimJob, endJobAs, type Job, keepLook, type Lease, LeaseLost, release, renew } from './jobs.store.ts';
import { fileOf } from './parts.store.ts';
import type { RowKind } from './row-kind.ts';
import { rowMarks } from './row-marks.ts';

/** A kind of any rows; which rows and parameters they are, only the kind knows. */
// biome-ignore lint/suspicious/noExplicitAny: a list of kinds holds each with rows of its own
export type AnyRowKind = RowKind<any, any, any>;

export interface RowJobsOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly kinds: readonly AnyRowKind[];
  readonly limits: ReadLimits;
  /** Under which keys and contents of rows are hashed. */
  readonly secret: string;
  /** How long a job stays with a worker that is not heard from. */
  readonly leaseMs?: number;
}

/** How long outcomes can be read, and with them what refused rows said. */
export const KEEP_DAYS = 30;
/** A worker renews at a third of it. */
const LEASE_MS = 15_000;
/** So often may a worker be lost at the same rows before they are done one by one, and before the job is given up. */
const STALLS_UNTIL_SINGLE = 2;
const STALLS_MAX = 6;
/** Of the look through the file, which does nothing that takes long: it ends more than its worker. */
const STALLS_IN_LOOK_MAX = 2;

/** Does the oldest open job, or the one that is named, as far as it comes. Returns whether there was one. */
export async function workOnJob(
  options: RowJobsOptions,
  signal: AbortSignal,
  id: string | null = null,
): Promise<boolean> {
  const { database, kinds, leaseMs = LEASE_MS } = options;
  const owner = newId();
  const names = kinds.map(({ name }) => name);
  const job = await claimJob(database, { owner, leaseMs, kinds: names, id });
  const kind = kinds.find(({ name }) => name === job?.kind);
  if (job === undefined || kind === undefined) return false;
  const lease = { jobId: job.id, owner };
  const lost = new AbortController();
  const renewing = repeat(leaseMs / 3, async () => {
    const isOurs = await renew(database.background, lease, leaseMs).catch(() => true);
    if (!isOurs) lost.abort(new LeaseLost('The lease ran out'));
  });
  try {
    await doJob(options, { job, kind, lease, signal: AbortSignal.any([signal, lost.signal]) });
  } finally {
    await renewing.stop();
  }
  return true;
}

interface Claimed {
  readonly job: Job;
  readonly kind: AnyRowKind;
  readonly lease: Lease;
  readonly signal: AbortSignal;
}

async function doJob(options: RowJobsOptions, claimed: Claimed): Promise<void> {
  const { database, logger } = options;
  const { job, lease, signal } = claimed;
  const end = async (failure: Job['failure']): Promise<void> => {
    if (!(await endJobAs(database, lease, failure, KEEP_DAYS + 1))) return;
    logger.info({ job_id: job.id, kind: job.kind, failure: failure?.code ?? null }, 'job ended');
  };
  try {
    if (job.stalls > (job.rowsTotal === null ? STALLS_IN_LOOK_MAX : STALLS_MAX))
      return await end({ code: 'stalled', detail: 'Workers were lost at it again and again.' });
    await doRows(options, claimed);
    await end(null);
  } catch (error) {
    if (error instanceof FileFault) return await end({ code: error.code, detail: error.message });
    const isOver = error instanceof LeaseLost || signal.aborted;
    if (!isOver && !isEnvironmentFault(error)) {
      tellBug({ logger, job, kind: claimed.kind }, 0, error);
      return await end({ code: 'internal_error', detail: 'The job could not go on by a fault on our side.' });
    }
    await release(database, lease).catch(() => undefined);
    if (!isOver) throw error;
  }
}

async function doRows(options: RowJobsOptions, { job, kind, lease, signal }: Claimed): Promise<void> {
  const { database, logger, limits, secret } = options;
  const file: RowFile = { source: fileOf(database, job.id, job.fileBytes, signal), format: job.format, limits };
  const look = await lookOnce(options, { job, kind, lease, signal }, file);
  const seen = { ...job, ...look };
  const work: ChunkWork<unknown, object> = { database, logger, kind, job: seen, lease, signal, pause };
  const marked = markedRows(work, rowsAfter(file, kind, seen, job.lastRow), rowMarks(secret));
  const size = job.stalls > STALLS_UNTIL_SINGLE ? 1 : kind.rowsPerChunk;
  let from = job.lastRow;
  for await (const chunk of chunksOf(marked, size, ({ mark }) => mark?.key.toString('hex'))) {
    await settleChunk(work, chunk, from);
    from = chunk.at(-1)?.number ?? from;
  }
}

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {});

/** The look through the file, of this worker or of the one before it. */
async function lookOnce({ database }: RowJobsOptions, { job, kind, lease, signal }: Claimed, file: RowFile) {
  if (job.rowsTotal !== null) return { header: job.header, rowsTotal: job.rowsTotal };
  const look = await lookThrough(file, kind, signal);
  await keepLook(database, lease, look);
  return look;
}

async function* markedRows(
  work: ChunkWork<unknown, object>,
  rows: AsyncIterable<UnreadRow<unknown>>,
  markOf: ReturnType<typeof rowMarks>,
): AsyncGenerator<MarkedRow<unknown>> {
  for await (const row of rows) {
    work.signal.throwIfAborted();
    yield markRow(work, row, markOf);
  }
}

/** Limits for files of at most so many rows below their header. */
export const rowLimits = (rowsMax: number): ReadLimits => ({ ...DEFAULT_LIMITS, rows: rowsMax + 1 });
