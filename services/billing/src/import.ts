import { createReadStream, createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { businessDate } from '@tenor/calendar';
import { findJob, formatOf, type Job, receiveFile, refusedRowsCsv, submitFile, workOnJob } from '@tenor/row-jobs';
import { createLogger, type Database, isRefusal, loadConfig, newId, systemClock } from '@tenor/service-kit';
import { type ImportConfig, importConfigSchema } from './config.ts';
import { openBillingDatabase } from './database.ts';
import { importKinds, rowJobsOf } from './import-kinds.ts';
import { importOrder } from './imports/import-order.ts';

/** What to import, or which job to go on with. */
export interface ImportCommand {
  readonly file?: string | undefined;
  readonly kind?: string | undefined;
  readonly asOf?: string | undefined;
  readonly currency?: string | undefined;
  /** Id of a job that another process began. */
  readonly job?: string | undefined;
  /** Where the refused rows go, as CSV. */
  readonly refused?: string | undefined;
}

const CALLER = { id: 'import', roles: [] };
const FILE_BYTES_MAX = 4_294_967_296;
const RETRY_MS = 1_000;

/**
 * Imports a file of any size as a step of its own: stores it, does its job, and returns the job as it ended. A process
 * that is killed leaves a job that any replica goes on with, or this step with its id. What is announced waits in the
 * outbox for a running service. Rejects what is no import.
 */
export async function runImport(
  config: ImportConfig,
  command: ImportCommand,
  tell: (job: Job) => void,
  signal: AbortSignal,
): Promise<Job> {
  const database = await openBillingDatabase(config);
  const kinds = importKinds(config, (timeZone) => businessDate(systemClock.now(), timeZone ?? config.TIME_ZONE));
  const logger = createLogger({ service: 'billing-import', level: config.LOG_LEVEL });
  const names = kinds.ofFiles.map(({ name }) => name);
  try {
    const id = command.job ?? (await storeFile(database, config, command, names));
    const options = rowJobsOf(config, { database, logger, kinds });
    for (;;) {
      const isOurs = await workOnJob(options, signal, id);
      const job = await findJob(database, names, id);
      if (job === undefined) throw new Error(`There is no job ${id}.`);
      tell(job);
      if (job.status === 'done' || job.status === 'failed' || signal.aborted)
        return await keepRefused(database, command, job);
      // A replica has it: it is only watched.
      if (!isOurs) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  } finally {
    await database.close();
  }
}

async function storeFile(
  database: Database,
  config: ImportConfig,
  { file, kind, asOf, currency }: ImportCommand,
  kinds: readonly string[],
): Promise<string> {
  if (file === undefined) throw new Error('Name a file, or a job by --job.');
  const today = businessDate(systemClock.now(), config.TIME_ZONE);
  const order = importOrder({ kind, as_of: asOf, currency }, { kinds, today, currency: config.IMPORT_CURRENCY });
  if ('faults' in order)
    throw new Error(order.faults.map(({ pointer, message }) => `${pointer} ${message}`).join('; '));
  const received = await receiveFile(database, CALLER.id, createReadStream(file), FILE_BYTES_MAX);
  const context = { caller: CALLER, requestId: newId() };
  const format = formatOf(received.head, basename(file));
  const outcome = await submitFile(database, context, received, { ...order, format });
  if (isRefusal(outcome)) throw new Error(outcome.detail);
  return outcome.result.job_id;
}

async function keepRefused(database: Database, { refused }: ImportCommand, job: Job): Promise<Job> {
  if (refused !== undefined) await pipeline(Readable.from(refusedRowsCsv(database, job)), createWriteStream(refused));
  return job;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kind: { type: 'string' },
      'as-of': { type: 'string' },
      currency: { type: 'string' },
      job: { type: 'string' },
      refused: { type: 'string' },
    },
  });
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort(new Error(name)));
  const print = ({ id, status, rowsTotal, rowsDone, rowsRepeated, rowsRefused, failure }: Job): void => {
    const line = { id, status, rows_total: rowsTotal, rows_done: rowsDone, rows_repeated: rowsRepeated };
    process.stdout.write(`${JSON.stringify({ ...line, rows_refused: rowsRefused, failure })}\n`);
  };
  const command = { ...values, asOf: values['as-of'], file: positionals[0] };
  try {
    const job = await runImport(loadConfig(importConfigSchema, process.env), command, print, stopping.signal);
    process.exitCode = job.status === 'done' ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${Error.isError(error) ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
