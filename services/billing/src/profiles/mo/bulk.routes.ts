import type { FieldError } from '@tenor/contracts';
import { FILE_BYTES_MAX, numbersOf, profileContext, type Registered, sentFile } from '@tenor/profile-kit';
import {
  endedJob,
  findJob,
  formatOf,
  type Job,
  memberLines,
  type RowWorker,
  receiveFile,
  rowsOfJob,
  submitFile,
} from '@tenor/row-jobs';
import { isRefusal, refuse } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import type { MoCustomers } from './customers.routes.ts';
import { BulkJobSchema, BulkParamsSchema, BulkQuerySchema, BulkSchema } from './mo.schemas.ts';
import { moCustomers } from './mo-records.store.ts';
import { MO_CUSTOMERS } from './registrations.commands.ts';

export interface MoBulk extends MoCustomers {
  readonly worker: Pick<RowWorker, 'wake'>;
}

const path = '/api/customers/bulk';
/** A short list is done before it is answered. */
const WAIT_MS = 5_000;
const RESULTS_MAX = 200;
const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const noJob = refuse('not_found', 'There is no such job.');

export function moBulkRoutes({ route, upload }: Registered, service: MoBulk): void {
  const { database, worker } = service;
  upload({
    method: 'POST',
    paths: [path],
    permission: 'profiles:write',
    summary: 'Create customers by a JSON array or a CSV file, with a result for each',
    body: BulkSchema,
    responses: { 201: BulkJobSchema, 202: BulkJobSchema },
    refusals: ['body_too_large', 'malformed_request'],
    async handler(request, reply) {
      const sent = await sentFile(request);
      const chunks = sent?.chunks ?? memberLines(request.body);
      const file = await receiveFile(database, request.caller.id, chunks, FILE_BYTES_MAX);
      const format = sent === undefined ? 'items' : formatOf(file.head, sent.name);
      const order = { kind: MO_CUSTOMERS, format, parameters: {} } as const;
      const outcome = await submitFile(database, profileContext(request, 'mo'), file, order);
      if (isRefusal(outcome)) return outcome;
      worker.wake();
      const { job_id: id } = outcome.result;
      const job = await endedJob(database, MO_CUSTOMERS, id, WAIT_MS);
      reply.header('location', `/mo${path}/${id}`);
      return reply.code(job.endedAt === null ? 202 : 201).send(await jobJson(service, job, 0));
    },
  });

  route({
    method: 'GET',
    paths: [`${path}/:job_id`],
    permission: 'profiles:read',
    summary: 'How far a job is, and what became of each of its rows',
    params: BulkParamsSchema,
    querystring: BulkQuerySchema,
    responses: { 200: BulkJobSchema },
    async handler(request) {
      const { job_id: id } = request.params as { job_id: string };
      const job = idForm.test(id) ? await findJob(database, [MO_CUSTOMERS], id) : undefined;
      return job === undefined ? noJob : jobJson(service, job, afterOf(request));
    },
  });
}

const afterOf = ({ query }: FastifyRequest): number => {
  const { after = '' } = query as { after?: string };
  return /^\d{1,9}$/.test(after) ? Number.parseInt(after, 10) : 0;
};

const results = { done: 'created', repeated: 'repeated', refused: 'refused' } as const;

async function jobJson({ database }: MoBulk, job: Job, after: number) {
  const found = await rowsOfJob(database, job.id, after, RESULTS_MAX + 1);
  const rows = found.slice(0, RESULTS_MAX);
  const ids = rows.flatMap(({ result }) => result?.['customer_id'] ?? []);
  const numbers = await numbersOf(database, moCustomers, ids);
  const last = rows.at(-1);
  return {
    id: job.id,
    status: job.status,
    rows_total: job.rowsTotal,
    rows_created: job.rowsDone,
    rows_repeated: job.rowsRepeated,
    rows_refused: job.rowsRefused,
    failure: job.failure?.detail ?? null,
    next: found.length > rows.length && last !== undefined ? `/mo${path}/${job.id}?after=${last.number}` : null,
    results: rows.map(({ number, outcome, result, refusal }) => ({
      row: number,
      result: results[outcome],
      id: numbers.get(result?.['customer_id'] ?? '') ?? null,
      errors: refusal === null ? null : (fieldErrors(refusal.meta?.['errors']) ?? { detail: refusal.detail }),
    })),
  };
}

/** As the single request would have been told of them. */
function fieldErrors(errors: unknown): Record<string, string[]> | undefined {
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const told = (errors as FieldError[]).map(({ pointer, message }) => [fieldAt(pointer), message] as const);
  const byField = Map.groupBy(told, ([field]) => field);
  return Object.fromEntries([...byField].map(([field, each]) => [field, each.map(([, message]) => message)]));
}

const fieldAt = (pointer: string): string => pointer.split('/')[1] ?? 'non_field_errors';
