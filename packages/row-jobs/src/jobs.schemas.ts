import { InstantSchema, PageQuerySchema, pageOf, UuidSchema } from '@tenor/contracts';
import { formatQuery } from '@tenor/service-kit';
import { type Static, type TSchema, Type } from 'typebox';
import type { Job } from './jobs.store.ts';
import type { SettledRow } from './rows.store.ts';

const closed = { additionalProperties: false };
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const count = (description: string) => Type.Integer({ minimum: 0, description });

export const JobParamsSchema = Type.Object({ id: UuidSchema }, closed);

export const JobSchema = Type.Object(
  {
    id: UuidSchema,
    kind: Type.String({ description: 'What a row of it is' }),
    status: Type.Enum(['queued', 'running', 'done', 'failed'], {
      description: '`done` however many rows were refused; `failed` when the file itself cannot be taken',
    }),
    parameters: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description: 'What was asked for all rows together',
    }),
    rows_total: orNull(count('Null until the file was looked through')),
    rows_done: count('Done by this job'),
    rows_repeated: count('Done already when they came, with the same content'),
    rows_refused: count('See `/errors`'),
    failure: orNull(Type.Object({ code: Type.String(), detail: Type.String() }, closed)),
    created_by: Type.String(),
    created_at: InstantSchema,
    started_at: orNull(InstantSchema),
    ended_at: orNull(InstantSchema),
  },
  closed,
);
export type JobJson = Static<typeof JobSchema>;
export const JobPageSchema = pageOf(JobSchema);
export { PageQuerySchema };
export const JobCursorSchema = Type.Object({ id: UuidSchema }, closed);

const ResultSchema = Type.Unsafe<Record<string, string>>({
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'Ids of what stands for the row now',
});
const RefusalSchema = Type.Object(
  {
    code: Type.String({ description: 'As a problem of the single request would have it' }),
    detail: Type.String(),
    errors: Type.Array(Type.Object({ pointer: Type.String(), code: Type.String(), message: Type.String() }, closed)),
    meta: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
  },
  closed,
);

export const RowSchema = Type.Object(
  {
    row: Type.Integer({ minimum: 1, description: 'As a spreadsheet counts, or the place in the array, from 1' }),
    outcome: Type.Enum(['done', 'repeated', 'refused']),
    result: orNull(ResultSchema),
    refusal: orNull(RefusalSchema),
  },
  closed,
);
export type RowJson = Static<typeof RowSchema>;
export const RowPageSchema = pageOf(RowSchema);

export const RefusedRowSchema = Type.Object(
  {
    ...RowSchema.properties,
    values: Type.Unknown({ description: 'What the row said: text by column, or the member' }),
  },
  closed,
);
export const RefusedRowPageSchema = pageOf(RefusedRowSchema);
export const RefusedRowsQuerySchema = Type.Object({ ...PageQuerySchema.properties, ...formatQuery }, closed);
export const RowCursorSchema = Type.Object({ row: Type.Integer({ minimum: 0 }) }, closed);

export function jobJson(job: Job): JobJson {
  return {
    id: job.id,
    kind: job.kind,
    status: job.status,
    parameters: job.parameters as Record<string, unknown>,
    rows_total: job.rowsTotal,
    rows_done: job.rowsDone,
    rows_repeated: job.rowsRepeated,
    rows_refused: job.rowsRefused,
    failure: job.failure,
    created_by: job.caller,
    created_at: job.createdAt,
    started_at: job.startedAt,
    ended_at: job.endedAt,
  };
}

export function rowJson({ number, outcome, result, refusal }: SettledRow): RowJson {
  const { errors, ...meta } = refusal?.meta ?? {};
  return {
    row: number,
    outcome,
    result,
    refusal: refusal && {
      code: refusal.refused,
      detail: refusal.detail,
      errors: (errors ?? []) as NonNullable<RowJson['refusal']>['errors'],
      meta,
    },
  };
}

/** What a refused row said, by column where it came in a table. */
export function valuesJson({ values }: SettledRow, header: readonly string[] | null): unknown {
  if (values === null) return null;
  if ('item' in values) return values.item;
  return Object.fromEntries((header ?? []).map((name, index) => [name, values.cells[index] ?? '']));
}
