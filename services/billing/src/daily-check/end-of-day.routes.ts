import { date, type LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type App, commandContext, execute, isRefusal, type Sql } from '@tenor/service-kit';
import { type DailyCheckService, type DailyChecks, startCheck } from './daily-check.commands.ts';
import {
  type EndOfDayJson,
  EndOfDayParamsSchema,
  EndOfDayRequestSchema,
  EndOfDaySchema,
} from './end-of-day.schemas.ts';
import { findDay } from './end-of-days.store.ts';

const tags = ['operations'];

interface EndOfDayService extends Pick<DailyCheckService, 'database' | 'today' | 'dueSoonDays'> {
  readonly checks: DailyChecks;
}

export function endOfDayRoutes(app: App, service: EndOfDayService): void {
  const { database, checks } = service;

  app.post(
    '/v1/end-of-day',
    {
      config: { permission: 'end_of_day:write', refusals: ['value_date_in_future'], optionalBody: true },
      schema: {
        tags,
        summary: 'Start the daily check of a business date, or go on with it',
        body: EndOfDayRequestSchema,
        response: { 202: EndOfDaySchema },
      },
    },
    async (request, reply) => {
      const given = request.body.date === undefined ? null : date(request.body.date);
      const outcome = await execute(database, commandContext(request), (uow) => startCheck(uow, service, given));
      if (isRefusal(outcome)) return outcome;
      const { day } = outcome.result;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      // Also on a replay: the process that began it may be gone.
      checks.run(day);
      reply.header('Location', `/v1/end-of-day/${day}`).code(202);
      return present(database, day);
    },
  );

  app.get(
    '/v1/end-of-day/:date',
    {
      config: { permission: 'end_of_day:read' },
      schema: {
        tags,
        summary: 'How far the daily check of a business date is',
        params: EndOfDayParamsSchema,
        response: { 200: EndOfDaySchema },
      },
    },
    ({ params }) => present(database, date(params.date)),
  );
}

async function present(sql: Sql, day: LocalDate): Promise<EndOfDayJson | Refusal> {
  const found = await findDay(sql, day);
  if (found === undefined) return { refused: 'not_found', detail: `The day ${day} was not checked.` };
  const { total, done, startedAt, finishedAt } = found;
  const status = finishedAt === null ? 'started' : 'finished';
  return { date: day, status, total, done, started_at: startedAt, finished_at: finishedAt };
}
