import type { Purge } from '@tenor/service-kit';
import { KEEP_DAYS } from './job-work.ts';

/** Outcomes with what refused rows said, then the jobs themselves, and what came of uploads that broke off. */
export const rowJobPurges: readonly Purge[] = [
  { table: 'row_job_rows', column: 'recorded_at', keepDays: KEEP_DAYS },
  { table: 'row_jobs', column: 'purge_at', keepDays: 0 },
];
