import { date } from '@tenor/calendar';
import { openPress, toCsv } from '@tenor/documents';
import {
  type App,
  answerFormat,
  answerIn,
  type Database,
  decodeCursor,
  formatQuery,
  isRefusal,
  pageOfRows,
  type Sql,
  sendDocument,
} from '@tenor/service-kit';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { findProduct } from '../products/products.store.ts';
import { type JournalRow, journalRows } from './journal.store.ts';
import { loanDelinquencyJson, outstandingJson, scheduleJson } from './loan-json.ts';
import { type At, type LoanView, type noLoan, type ViewLoan, versionViewer } from './loan-views.store.ts';
import {
  type AtQuery,
  AtQuerySchema,
  DelinquencySchema,
  EventPageSchema,
  EventsQuerySchema,
  IdParamsSchema,
  OutstandingSchema,
} from './loans.schemas.ts';
import { ScheduleQuerySchema, ScheduleSchema } from './schedule.schemas.ts';
import { schedulePaper, scheduleTable } from './schedule-paper.ts';

export interface LoanReads {
  readonly viewLoan: ViewLoan;
  readonly database: Database;
}

const tags = ['loans'];
const refusals = ['known_at_too_recent'] as const;
const CursorSchema = Type.Object({ seq: Type.Integer({ minimum: 1 }) }, { additionalProperties: false });

const params = IdParamsSchema;
const querystring = AtQuerySchema;

export function loanReadsRoutes(app: App, reads: LoanReads): void {
  standingRoutes(app, reads);
  journalRoutes(app, reads);
}

function standingRoutes(app: App, { viewLoan, database }: LoanReads): void {
  const viewVersion = versionViewer(database, viewLoan);
  app.get(
    '/v1/loans/:id/schedule',
    {
      config: { permission: 'loans:read', own: { loan: 'params.id' }, refusals: [...refusals, 'not_acceptable'] },
      schema: {
        summary: 'Instalments and what is paid of them',
        tags,
        params,
        querystring: Type.Object(
          { ...ScheduleQuerySchema.properties, ...formatQuery },
          { additionalProperties: false },
        ),
        response: { 200: answerIn(ScheduleSchema, ['csv', 'pdf'], 'The schedule as it stands on that day') },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const format = answerFormat(request, reply, ['json', 'csv', 'pdf']);
      if (isRefusal(format)) return format;
      const { version, ...at } = request.query;
      const view = await (version === undefined ? viewLoan(id, toAt(at)) : viewVersion(id, toAt(at), version));
      if (isRefusal(view)) return view;
      return format === 'json' ? scheduleJson(view) : sendSchedule(database, reply, format, view);
    },
  );

  app.get(
    '/v1/loans/:id/outstanding',
    {
      config: { permission: 'loans:read', own: { loan: 'params.id' }, refusals },
      schema: {
        summary: 'What is owed, due and overdue',
        tags,
        params,
        querystring,
        response: { 200: OutstandingSchema },
      },
    },
    async ({ params: { id }, query }) => shown(await viewLoan(id, toAt(query)), outstandingJson),
  );

  app.get(
    '/v1/loans/:id/delinquency',
    {
      config: { permission: 'loans:read', own: { loan: 'params.id' }, refusals },
      schema: { summary: 'How late the loan is', tags, params, querystring, response: { 200: DelinquencySchema } },
    },
    async ({ params: { id }, query }) => shown(await viewLoan(id, toAt(query)), loanDelinquencyJson),
  );
}

async function sendSchedule(sql: Sql, reply: FastifyReply, format: 'csv' | 'pdf', view: LoanView) {
  const { loanId, product } = view.state;
  const name = `schedule-${loanId}`;
  if (format === 'csv') {
    const { header, rows } = scheduleTable(view);
    return sendDocument(reply, format, name, toCsv(header, rows));
  }
  const stored = await findProduct(sql, product.code, product.version);
  const { renderPdf, isPrintable } = await openPress();
  const paper = schedulePaper(view, { code: product.code, name: stored?.product.name ?? product.code }, isPrintable);
  return sendDocument(reply, format, name, await renderPdf(paper, new Date(view.asOf)));
}

function journalRoutes(app: App, { viewLoan, database }: LoanReads): void {
  app.get(
    '/v1/loans/:id/events',
    {
      config: { permission: 'loans:read', own: { loan: 'params.id' }, refusals },
      schema: {
        summary: "The loan's journal in the order of recording",
        tags,
        params,
        querystring: EventsQuerySchema,
        response: { 200: EventPageSchema },
      },
    },
    async ({ params: { id }, query }) => {
      const { limit, cursor, ...at } = query;
      const position = decodeCursor(cursor, CursorSchema);
      if (isRefusal(position)) return position;
      const view = await viewLoan(id, toAt(at));
      if (isRefusal(view)) return view;
      const { customerId } = view.state;
      const rows = (await journalRows(database, [{ loanId: id, customerId }])).filter(
        (row) =>
          row.seq > (position?.seq ?? 0) &&
          row.recorded_at <= view.knownAt &&
          (at.as_of === undefined || row.value_date <= view.asOf),
      );
      const page = pageOfRows(rows, limit, { item: eventJson, position: ({ seq }) => ({ seq }) });
      return { as_of: view.asOf, known_at: view.knownAt, ...page };
    },
  );
}

/** A request's viewpoint; its schema has checked the texts. */
export function toAt({ as_of: asOf, known_at: knownAt }: { [Key in keyof AtQuery]: AtQuery[Key] | undefined }): At {
  return { asOf: asOf === undefined ? undefined : date(asOf), knownAt };
}

function shown<Json>(view: LoanView | ReturnType<typeof noLoan>, present: (view: LoanView) => Json) {
  return isRefusal(view) ? view : present(view);
}

function eventJson(row: JournalRow) {
  const { seq, id, type, value_date, recorded_at, actor, prev_hash, hash } = row;
  return { seq, id, type, value_date, recorded_at, actor, payload: JSON.parse(row.payload), prev_hash, hash };
}
