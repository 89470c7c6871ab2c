import { date } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
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
import { type Static, Type } from 'typebox';
import { invalid } from '../customers/money-input.ts';
import { loadEvents } from '../loans/journal.store.ts';
import type { LoanEvent } from '../loans/loan-event.ts';
import { toAt } from '../loans/loan-reads.routes.ts';
import { type At, type LoanView, noLoan, type ViewLoan } from '../loans/loan-views.store.ts';
import { IdParamsSchema } from '../loans/loans.schemas.ts';
import { findProduct } from '../products/products.store.ts';
import { explanation } from './explanation.ts';
import { type Statement, statement } from './statement.ts';
import { explanationJson, statementJson } from './statement-json.ts';
import { statementPaper, statementTable } from './statement-paper.ts';
import {
  ExplanationQuerySchema,
  ExplanationSchema,
  StatementQuerySchema,
  StatementSchema,
} from './statements.schemas.ts';

interface Dependencies {
  readonly viewLoan: ViewLoan;
  readonly database: Database;
}

/** How many lines the pages before had. */
const LineCursorSchema = Type.Object({ lines: Type.Integer({ minimum: 0 }) }, { additionalProperties: false });
const tags = ['statements'];
const params = IdParamsSchema;
const answerNote =
  'CSV has a row for the opening balance, one for each line and one for the closing balance. PDF is for the borrower.';

export function statementsRoutes(app: App, dependencies: Dependencies): void {
  statementRoute(app, dependencies);

  app.get(
    '/v1/loans/:id/explain',
    {
      config: { permission: 'loans:read', own: { loan: 'params.id' }, refusals: ['known_at_too_recent'] },
      schema: {
        summary: 'Where each cent of the outstanding balance comes from: its event, rule and inputs',
        tags,
        params,
        querystring: ExplanationQuerySchema,
        response: { 200: ExplanationSchema },
      },
    },
    async ({ params: { id }, query: { all = false, limit, cursor, ...query } }) => {
      const position = decodeCursor(cursor, LineCursorSchema);
      if (isRefusal(position)) return position;
      const journal = await journalOf(dependencies, id, toAt(query));
      if (isRefusal(journal)) return journal;
      const explained = explanation(journal.events, journal.view);
      if (explained === undefined) return noLoan(id);
      const { lines, ...told } = explanationJson(explained, all);
      const rows = [...lines.entries()].slice(position?.lines ?? 0);
      const page = pageOfRows(rows, limit, { item: ([, line]) => line, position: ([index]) => ({ lines: index + 1 }) });
      return { ...told, lines: page.data, next_cursor: page.next_cursor };
    },
  );
}

function statementRoute(app: App, dependencies: Dependencies): void {
  app.get(
    '/v1/loans/:id/statement',
    {
      config: {
        permission: 'loans:read',
        own: { loan: 'params.id' },
        refusals: ['known_at_too_recent', 'not_acceptable'],
      },
      schema: {
        summary: 'What happened to a loan in a period, with running balances',
        tags,
        params,
        querystring: Type.Object(
          { ...StatementQuerySchema.properties, ...formatQuery },
          { additionalProperties: false },
        ),
        response: { 200: answerIn(StatementSchema, ['csv', 'pdf'], answerNote) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const format = answerFormat(request, reply, ['json', 'csv', 'pdf']);
      if (isRefusal(format)) return format;
      const period = periodOf(request.query);
      if (isRefusal(period)) return period;
      const journal = await journalOf(dependencies, id, period);
      if (isRefusal(journal)) return journal;
      const { events, view } = journal;
      if (period.from !== null && period.from > view.asOf) return endsEarly();
      const made = statement(events, { from: period.from, to: view.asOf, knownAt: view.knownAt });
      if (made === undefined) return noLoan(id);
      return format === 'json' ? statementJson(made) : sendStatement(dependencies.database, reply, format, made);
    },
  );
}

/** The days asked for. Refuses two names for the last day. */
function periodOf({ from, to, as_of, known_at: knownAt }: Static<typeof StatementQuerySchema>) {
  if (to !== undefined && as_of !== undefined) return invalid('/query/to', 'ambiguous', 'is as_of by another name');
  const last = to ?? as_of;
  return {
    from: from === undefined ? null : date(from),
    asOf: last === undefined ? undefined : date(last),
    knownAt,
  };
}

const endsEarly = (): Refusal => invalid('/query/from', 'after_end', 'is after the last day of the period');

/** The whole journal beside the view that says which of it counts. */
async function journalOf(
  { viewLoan, database }: Dependencies,
  loanId: string,
  at: At,
): Promise<{ events: readonly LoanEvent[]; view: LoanView } | Refusal> {
  const view = await viewLoan(loanId, at);
  if (isRefusal(view)) return view;
  const { customerId } = view.state;
  const events = await loadEvents(database, [{ loanId: view.state.loanId, customerId }]);
  return { events: events.get(view.state.loanId) ?? [], view };
}

async function sendStatement(sql: Sql, reply: FastifyReply, format: 'csv' | 'pdf', made: Statement) {
  const { loanId, product } = made.state;
  const name = `statement-${loanId}`;
  if (format === 'csv') {
    const { header, rows } = statementTable(made);
    return sendDocument(reply, format, name, toCsv(header, rows));
  }
  const stored = await findProduct(sql, product.code, product.version);
  const { renderPdf, isPrintable } = await openPress();
  const paper = statementPaper(made, { code: product.code, name: stored?.product.name ?? product.code }, isPrintable);
  return sendDocument(reply, format, name, await renderPdf(paper, new Date(made.to)));
}
