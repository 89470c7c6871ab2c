import type { ByteSource } from '@tenor/row-files';
import { type Sql, statement } from '@tenor/service-kit';
import { LeaseLost } from './jobs.store.ts';

/** How a file is cut up; the last part is shorter. */
export const PART_BYTES = 262_144;

const insert = statement('row_job_parts_insert', 'insert into row_job_parts (job_id, part, bytes) values ($1, $2, $3)');
const select = statement('row_job_parts_select', 'select bytes from row_job_parts where job_id = $1 and part = $2');

export async function addPart(sql: Sql, jobId: string, part: number, bytes: Buffer): Promise<void> {
  await sql.query(insert, [jobId, part, bytes]);
}

/** A job's file, read a part at a time until the signal aborts: many parts may have no row at which that is looked at. */
export function fileOf(sql: Sql, jobId: string, size: number, signal: AbortSignal): ByteSource {
  return {
    size,
    async *stream(start, end) {
      for (let at = start; at < end; ) {
        signal.throwIfAborted();
        const part = Math.floor(at / PART_BYTES);
        const offset = part * PART_BYTES;
        const [row] = await sql.query<{ bytes: Buffer }>(select, [jobId, part]);
        // Whoever ends a job deletes its file.
        if (row === undefined) throw new LeaseLost('The file is gone');
        yield row.bytes.subarray(at - offset, end - offset);
        at = offset + PART_BYTES;
      }
    },
  };
}
