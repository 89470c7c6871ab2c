import { createHash } from 'node:crypto';
import {
  type CommandContext,
  canonicalJson,
  type Database,
  execute,
  newId,
  type Outcome,
  ProblemError,
} from '@tenor/service-kit';
import { discardReceiving, enqueue, type FileFormat, startReceiving } from './jobs.store.ts';
import { addPart, PART_BYTES } from './parts.store.ts';

/** A file that has come whole and is not a job yet. */
export interface ReceivedFile {
  readonly id: string;
  readonly bytes: number;
  /** SHA-256 of its bytes, in hex. */
  readonly digest: string;
  /** How it begins, to be told by. */
  readonly head: Buffer;
}

/** What is to be done with the rows of a file. */
export interface JobOrder {
  readonly kind: string;
  readonly format: FileFormat;
  readonly parameters: object;
}

/** Longer than any upload may take; then what came of it is purged. */
const RECEIVING_MINUTES = 60;
const HEAD_BYTES = 8;

/**
 * Stores a file as it comes, a part at a time; nothing of one that breaks off, or is longer than `bytesMax`, stays. Throws
 * a ProblemError `body_too_large`, and what the stream throws as it is.
 */
export async function receiveFile(
  database: Database,
  caller: string,
  chunks: AsyncIterable<Buffer>,
  bytesMax: number,
): Promise<ReceivedFile> {
  const id = newId();
  const hash = createHash('sha256');
  let bytes = 0;
  let part = 0;
  let head = Buffer.alloc(0);
  await startReceiving(database, id, caller, RECEIVING_MINUTES);
  try {
    for await (const chunk of inParts(chunks)) {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        throw new ProblemError({ refused: 'body_too_large', detail: `The file has more than ${bytesMax} bytes.` });
      }
      if (part === 0) head = Buffer.from(chunk.subarray(0, HEAD_BYTES));
      hash.update(chunk);
      await addPart(database, id, part, chunk);
      part += 1;
    }
  } catch (error) {
    await discardReceiving(database, id);
    throw error;
  }
  return { id, bytes, digest: hash.digest('hex'), head };
}

async function* inParts(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length < PART_BYTES) continue;
    const joined = Buffer.concat(held);
    let at = 0;
    for (; joined.length - at >= PART_BYTES; at += PART_BYTES) yield joined.subarray(at, at + PART_BYTES);
    held = [joined.subarray(at)];
    length = joined.length - at;
  }
  if (length > 0) yield Buffer.concat(held);
}

/**
 * Makes a received file a job. A known Idempotency-Key answers the job that the same file and order made before; with
 * others it is refused. Whatever is not made a job is taken back.
 */
export async function submitFile(
  database: Database,
  context: CommandContext,
  { id, bytes, digest }: ReceivedFile,
  order: JobOrder,
): Promise<Outcome<{ job_id: string }>> {
  const requestHash = createHash('sha256')
    .update(canonicalJson([digest, order]), 'utf8')
    .digest('hex');
  const { idempotency } = context;
  const keyed = idempotency === undefined ? context : { ...context, idempotency: { ...idempotency, requestHash } };
  let isQueued = false;
  try {
    const outcome = await execute<{ job_id: string }>(database, keyed, async (uow) => {
      await enqueue(uow, { ...order, id, fileBytes: bytes });
      const after = { ...order, bytes, sha256: digest };
      uow.recordChange({ entity: 'file_job', id, action: 'submitted', before: null, after });
      return { job_id: id };
    });
    isQueued = 'result' in outcome && outcome.result.job_id === id;
    return outcome;
  } finally {
    // A job that is queued, if only its answer was lost, is no longer being received.
    if (!isQueued) await discardReceiving(database, id);
  }
}

/** Takes back a file that is no job. */
export const discardFile = (database: Database, { id }: Pick<ReceivedFile, 'id'>): Promise<void> =>
  discardReceiving(database, id);

const ZIP = Buffer.from('PK\x03\x04', 'latin1');
/** Of workbooks before 2007. */
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

/** What a file is, by its first bytes and then by its name; only a workbook begins as an archive. */
export function formatOf(head: Buffer, name: string): FileFormat {
  const begins = (magic: Buffer) => head.subarray(0, magic.length).toString('hex') === magic.toString('hex');
  return begins(ZIP) || begins(OLE) || /\.xls[xm]?$/i.test(name) ? 'xlsx' : 'csv';
}
