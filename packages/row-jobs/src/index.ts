export type { ChunkWork } from './chunk-work.ts';
export { endedJob } from './ended-job.ts';
export { type AnyRowKind, KEEP_DAYS, type RowJobsOptions, rowLimits, workOnJob } from './job-work.ts';
export { type JobRoutes, registerJobRoutes } from './jobs.routes.ts';
export { findJob, type Job } from './jobs.store.ts';
export { refusedRowsCsv } from './refused-rows.ts';
export { rowJobsMigration } from './row-jobs-migration.ts';
export { rowJobPurges } from './row-jobs-purges.ts';
export type {
  Column,
  RowDone,
  RowIdentity,
  RowJob,
  RowKind,
  RowOutcome,
  RowRecord,
  RowRefusal,
} from './row-kind.ts';
export { type RowWorker, startRowWorker } from './row-worker.ts';
export { rowsOfJob } from './rows.store.ts';
export { formatOf, type JobOrder, type ReceivedFile, receiveFile, submitFile } from './submission.ts';
export { type BulkRoute, type FormRoute, memberLines, registerBulkRoute, registerFormRoute } from './uploads.routes.ts';
