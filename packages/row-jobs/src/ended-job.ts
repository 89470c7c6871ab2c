import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@tenor/service-kit';
import { findJob, type Job } from './jobs.store.ts';

const LOOK_EVERY_MS = 50;

/** The job once it has ended, or as it is when so many milliseconds have passed. Throws where there is none. */
export async function endedJob(database: Database, kind: string, id: string, waitMs: number): Promise<Job> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const job = await findJob(database, [kind], id);
    if (job === undefined) throw new Error(`The job ${id} is not there`);
    if (job.endedAt !== null || performance.now() > deadline) return job;
    await sleep(LOOK_EVERY_MS);
  }
}
