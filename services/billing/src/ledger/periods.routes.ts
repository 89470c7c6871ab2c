import { date, type LocalDate } from '@tenor/calendar';
import { DateSchema, PageQuerySchema } from '@tenor/contracts';
import { type App, commandContext, type Database, execute, isRefusal, readPage } from '@tenor/service-kit';
import { Type } from 'typebox';
import { monthAfter, monthFrom, monthText } from './period.ts';
import { closePeriod } from './periods.commands.ts';
import { MonthParamsSchema, PeriodPageSchema, PeriodSchema } from './periods.schemas.ts';
import { type ClosedPeriod, findPeriod, lastClosed, pageOfPeriods } from './periods.store.ts';

interface PeriodsDependencies {
  readonly database: Database;
  /** The business date in the installation's time zone. */
  readonly today: (timeZone: null) => LocalDate;
}

const tags = ['ledger'];
const CursorSchema = Type.Object({ month: DateSchema }, { additionalProperties: false });

export function periodsRoutes(app: App, { database, today }: PeriodsDependencies): void {
  app.get(
    '/v1/periods',
    {
      config: { permission: 'periods:read' },
      schema: {
        summary: 'Closed months, newest first, and the first day that takes postings',
        tags,
        querystring: PageQuerySchema,
        response: { 200: PeriodPageSchema },
      },
    },
    async ({ query }) => {
      const last = await lastClosed(database);
      const page = await readPage(
        query,
        CursorSchema,
        (after, limit) => pageOfPeriods(database, after === undefined ? null : date(after.month), limit),
        { item: periodJson, position: ({ month }) => ({ month }) },
      );
      return isRefusal(page) ? page : { open_from: last && monthAfter(last), ...page };
    },
  );

  app.post(
    '/v1/periods/:month/close',
    {
      config: { permission: 'periods:close', refusals: ['period_not_over', 'state_conflict'] },
      schema: {
        summary: 'Close a month for good: it takes no more postings',
        tags,
        params: MonthParamsSchema,
        response: { 200: PeriodSchema },
      },
    },
    async (request, reply) => {
      const month = monthFrom(request.params.month);
      const outcome = await execute(database, commandContext(request), (uow) => closePeriod(uow, month, today(null)));
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      const found = await findPeriod(database, outcome.result.month);
      if (found === undefined) throw new Error(`The month ${month} was closed and is not there`);
      return periodJson(found);
    },
  );
}

function periodJson({ month, closedAt, closedBy }: ClosedPeriod) {
  return { month: monthText(month), status: 'closed' as const, closed_at: closedAt, closed_by: closedBy };
}
