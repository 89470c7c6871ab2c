import multipart from '@fastify/multipart';
import type { ProblemCode } from '@tenor/contracts';
import { itemLines } from '@tenor/row-files';
import {
  type App,
  type CommandContext,
  commandContext,
  type Database,
  isRefusal,
  type Permission,
  ProblemError,
  validationFailed,
} from '@tenor/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { JobSchema, jobJson } from './jobs.schemas.ts';
import { findJob } from './jobs.store.ts';
import { discardFile, formatOf, type JobOrder, type ReceivedFile, receiveFile, submitFile } from './submission.ts';

/** What the routes that take files share. */
export interface UploadRoute {
  readonly database: Database;
  readonly path: string;
  /** Where the job is read: `/v1/imports`. */
  readonly jobs: string;
  readonly permission: Permission;
  readonly tags: readonly string[];
  readonly summary: string;
  /** Of the file. */
  readonly bytesMax: number;
  /** Tells the workers of this process. */
  readonly wake: () => void;
  readonly refusals?: readonly ProblemCode[];
}

const FIELD_BYTES_MAX = 1_000;
const FIELDS_MAX = 10;
/** Members of a JSON array, and the bytes of all. */
const ITEMS_MAX = 10_000;
const ARRAY_BYTES_MAX = 8_388_608;

/** The bodies are checked row by row, or as they come. */
const unchecked = () => () => true;

export interface FormRoute extends UploadRoute {
  /** Of the form, beside `file`. */
  readonly fields: TSchema;
  /** What the form asks for. Throws a ProblemError. */
  readonly orderOf: (fields: Readonly<Record<string, string>>) => Omit<JobOrder, 'format'>;
}

/** Takes a workbook or a CSV file by a form, streamed to the database as it comes. */
export function registerFormRoute(app: App, route: FormRoute): void {
  void app.register(async (plain) => {
    const scope = plain as unknown as App;
    scope.removeContentTypeParser('application/json');
    await scope.register(multipart, {
      limits: { files: 1, fields: FIELDS_MAX, fieldSize: FIELD_BYTES_MAX, fileSize: route.bytesMax + 1 },
      throwFileSizeLimit: false,
    });
    scope.post(
      route.path,
      {
        ...optionsOf(route),
        schema: {
          ...schemaOf(route),
          consumes: ['multipart/form-data'],
          body: route.fields,
        },
      },
      async (request, reply) => {
        const { file, name, fields } = await readForm(request, route);
        try {
          if (file.bytes === 0) throw fieldFault('/file', 'minLength', 'must not be empty');
          const order = { ...route.orderOf(fields), format: formatOf(file.head, name) };
          return await submit(route, commandContext(request), reply, file, order);
        } catch (error) {
          await discardFile(route.database, file);
          throw error;
        }
      },
    );
  });
}

async function readForm(
  request: FastifyRequest,
  { database, bytesMax }: UploadRoute,
): Promise<{ file: ReceivedFile; name: string; fields: Record<string, string> }> {
  const fields: Record<string, string> = {};
  let file: ReceivedFile | undefined;
  let name = '';
  try {
    for await (const part of readable(request.parts())) {
      if (part.type === 'field') {
        if (part.valueTruncated) throw fieldFault(`/${part.fieldname}`, 'maxLength', 'is too long');
        fields[part.fieldname] = String(part.value);
      } else if (part.fieldname !== 'file')
        throw fieldFault(`/${part.fieldname}`, 'unknown_field', 'is not a known field');
      else {
        name = part.filename;
        file = await receiveFile(database, request.caller.id, readable<Buffer>(part.file), bytesMax);
      }
    }
    if (file === undefined) throw fieldFault('/file', 'required', 'is required');
  } catch (error) {
    if (file !== undefined) await discardFile(database, file);
    throw error;
  }
  return { file, name, fields };
}

/** What the parser throws is the form's fault: it breaks off, has too many parts, or is none. */
async function* readable<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError({ refused: 'malformed_request', detail: 'The form cannot be read to its end.' });
  }
}

function fieldFault(pointer: string, code: string, message: string): ProblemError {
  return new ProblemError(validationFailed([{ pointer, code, message }]));
}

export interface BulkRoute extends UploadRoute {
  readonly kind: string;
  /** Of a member of the array. */
  readonly item: TSchema;
}

/** Takes a JSON array, or the same as CSV, as a job with a result for each row. */
export function registerBulkRoute(app: App, route: BulkRoute): void {
  const array = Type.Array(route.item, { minItems: 1, maxItems: ITEMS_MAX });
  const csv = Type.String({
    description: 'The same by columns; members of members with a dot between: `amount.currency`',
  });
  void app.register(async (plain) => {
    const scope = plain as unknown as App;
    // Read by the handler as it comes.
    scope.addContentTypeParser('text/csv', (_request, _payload, done) => done(null, undefined));
    scope.post(
      route.path,
      {
        ...optionsOf(route),
        bodyLimit: ARRAY_BYTES_MAX,
        schema: {
          ...schemaOf(route),
          body: {
            content: { 'application/json': { schema: array }, 'text/csv': { schema: csv } },
          } as unknown as TSchema,
        },
      },
      async (request, reply) => {
        const isCsv = /^text\/csv\b/i.test(request.headers['content-type'] ?? '');
        const chunks = isCsv ? (request.raw as AsyncIterable<Buffer>) : memberLines(request.body);
        const file = await receiveFile(route.database, request.caller.id, chunks, route.bytesMax);
        const order: JobOrder = { kind: route.kind, format: isCsv ? 'csv' : 'items', parameters: {} };
        return submit(route, commandContext(request), reply, file, order);
      },
    );
  });
}

/** The members of a JSON array as the lines of a file. Throws a ProblemError for what is none, or too long. */
export async function* memberLines(body: unknown): AsyncGenerator<Buffer> {
  if (!Array.isArray(body)) throw fieldFault('', 'type', 'must be array');
  if (body.length === 0 || body.length > ITEMS_MAX) {
    throw fieldFault('', body.length === 0 ? 'minItems' : 'maxItems', `must have 1 to ${ITEMS_MAX} members`);
  }
  yield* itemLines(body);
}

function optionsOf({ permission, refusals = [] }: UploadRoute) {
  return { config: { permission, refusals: [...refusals, 'body_too_large' as const] }, validatorCompiler: unchecked };
}

function schemaOf({ tags, summary }: UploadRoute) {
  return { tags: [...tags], summary, response: { 202: JobSchema } };
}

async function submit(
  { database, jobs, wake }: UploadRoute,
  context: CommandContext,
  reply: FastifyReply,
  file: ReceivedFile,
  order: JobOrder,
) {
  const outcome = await submitFile(database, context, file, order);
  if (isRefusal(outcome)) return outcome;
  const { job_id: id } = outcome.result;
  wake();
  if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
  reply.code(202).header('Location', `${jobs}/${id}`);
  const job = await findJob(database, [order.kind], id);
  if (job === undefined) throw new Error(`The job ${id} is not there`);
  return jobJson(job);
}
