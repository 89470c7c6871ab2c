import { Readable } from 'node:stream';
import type { ProblemCode } from '@tenor/contracts';
import {
  type App,
  answerFormat,
  answerIn,
  type Database,
  isRefusal,
  type Permission,
  readPage,
  refuse,
  sendDocument,
} from '@tenor/service-kit';
import {
  JobCursorSchema,
  JobPageSchema,
  JobParamsSchema,
  JobSchema,
  jobJson,
  PageQuerySchema,
  RefusedRowPageSchema,
  RefusedRowsQuerySchema,
  RowCursorSchema,
  RowPageSchema,
  rowJson,
  valuesJson,
} from './jobs.schemas.ts';
import { findJob, type Job, pageOfJobs } from './jobs.store.ts';
import { refusedRowsCsv } from './refused-rows.ts';
import { pageOfRows, type SettledRow } from './rows.store.ts';

export interface JobRoutes {
  readonly database: Database;
  /** `/v1/imports` */
  readonly prefix: string;
  readonly kinds: readonly string[];
  readonly permission: Permission;
  readonly tags: readonly string[];
}

const refusals: ProblemCode[] = ['not_found'];
const noJob = refuse('not_found', 'There is no such job.');

/** How far jobs are, and what became of their rows. */
export function registerJobRoutes(app: App, routes: JobRoutes): void {
  jobRoutes(app, routes);
  rowRoutes(app, routes);
}

function jobRoutes(app: App, { database, prefix, kinds, permission, tags: named }: JobRoutes): void {
  const tags = [...named];
  app.get(
    prefix,
    {
      config: { permission },
      schema: {
        tags,
        summary: 'List jobs, newest first',
        querystring: PageQuerySchema,
        response: { 200: JobPageSchema },
      },
    },
    ({ query }) =>
      readPage(query, JobCursorSchema, (after, limit) => pageOfJobs(database, kinds, after?.id, limit), {
        item: jobJson,
        position: ({ id }) => ({ id }),
      }),
  );

  app.get(
    `${prefix}/:id`,
    {
      config: { permission, refusals },
      schema: { tags, summary: 'How far a job is', params: JobParamsSchema, response: { 200: JobSchema } },
    },
    async ({ params: { id } }) => {
      const job = await findJob(database, kinds, id);
      return job === undefined ? noJob : jobJson(job);
    },
  );
}

function rowRoutes(app: App, { database, prefix, kinds, permission, tags: named }: JobRoutes): void {
  const tags = [...named];
  app.get(
    `${prefix}/:id/rows`,
    {
      config: { permission, refusals },
      schema: {
        tags,
        summary: 'What became of each row, in the order of the file',
        params: JobParamsSchema,
        querystring: PageQuerySchema,
        response: { 200: RowPageSchema },
      },
    },
    async ({ params: { id }, query }) => {
      if ((await findJob(database, kinds, id)) === undefined) return noJob;
      return pageOf(database, id, query, { item: rowJson, onlyRefused: false });
    },
  );

  app.get(
    `${prefix}/:id/errors`,
    {
      config: { permission, refusals: [...refusals, 'not_acceptable'] },
      schema: {
        tags,
        summary: 'The refused rows with what they said and why, as CSV or JSON',
        params: JobParamsSchema,
        querystring: RefusedRowsQuerySchema,
        response: { 200: answerIn(RefusedRowPageSchema, ['csv'], 'The refused rows; as JSON a page of them') },
      },
    },
    async (request, reply) => {
      const format = answerFormat(request, reply, ['csv', 'json']);
      if (isRefusal(format)) return format;
      const { params, query } = request;
      const job = await findJob(database, kinds, params.id);
      if (job === undefined) return noJob;
      if (format === 'csv')
        return sendDocument(reply, 'csv', 'refused-rows', Readable.from(refusedRowsCsv(database, job)));
      return pageOf(database, job.id, query, { item: refusedRowJson(job), onlyRefused: true });
    },
  );
}

const refusedRowJson =
  ({ header }: Job) =>
  (row: SettledRow) => ({ ...rowJson(row), values: valuesJson(row, header) });

function pageOf<Item>(
  database: Database,
  jobId: string,
  query: { limit: number; cursor?: string | undefined },
  { item, onlyRefused }: { item: (row: SettledRow) => Item; onlyRefused: boolean },
) {
  return readPage(
    query,
    RowCursorSchema,
    (after, limit) => pageOfRows(database, jobId, { after: after?.row ?? 0, limit, onlyRefused }),
    { item, position: ({ number }) => ({ row: number }) },
  );
}
