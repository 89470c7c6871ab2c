import { date } from '@tenor/calendar';
import { entityTag, expectedVersion, IfMatchSchema, type Refusal } from '@tenor/contracts';
import { type App, commandContext, type Database, execute, isRefusal, readPage } from '@tenor/service-kit';
import { Type } from 'typebox';
import { type Calendar, noCalendar, orderedCalendar } from './calendar.ts';
import { putCalendar } from './calendars.commands.ts';
import {
  type CalendarJson,
  CalendarListQuerySchema,
  CalendarNameSchema,
  CalendarPageSchema,
  CalendarParamsSchema,
  CalendarSchema,
  type NewCalendar,
  NewCalendarSchema,
} from './calendars.schemas.ts';
import { findCalendar, listCalendars, type StoredCalendar } from './calendars.store.ts';

const tags = ['calendars'];
const CursorSchema = Type.Object({ name: CalendarNameSchema }, { additionalProperties: false });

export function calendarsRoutes(app: App, { database }: { database: Database }): void {
  app.put(
    '/v1/calendars/:name',
    {
      config: { permission: 'calendars:write', refusals: ['version_conflict'] },
      schema: {
        summary: 'Store a holiday calendar, new or over the old one; what was made with the old one keeps it',
        tags,
        params: CalendarParamsSchema,
        headers: IfMatchSchema,
        body: NewCalendarSchema,
        response: { 200: CalendarSchema, 201: CalendarSchema },
      },
    },
    async (request, reply) => {
      const calendar = toCalendar(request.params.name, request.body);
      if (isRefusal(calendar)) return calendar;
      const expected = expectedVersion(request.headers['if-match']);
      const outcome = await execute(database, commandContext(request), (uow) => putCalendar(uow, calendar, expected));
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      const { version } = outcome.result;
      reply.header('ETag', entityTag(version));
      if (version === 1) reply.code(201).header('Location', `/v1/calendars/${calendar.name}`);
      return presentCalendar({ ...calendar, version });
    },
  );

  app.get(
    '/v1/calendars/:name',
    {
      config: { permission: 'calendars:read', own: 'nobody' },
      schema: {
        summary: 'Read a holiday calendar',
        tags,
        params: CalendarParamsSchema,
        response: { 200: CalendarSchema },
      },
    },
    async (request, reply) => {
      const calendar = await findCalendar(database, request.params.name);
      if (calendar === undefined) return noCalendar(request.params.name);
      reply.header('ETag', entityTag(calendar.version));
      return presentCalendar(calendar);
    },
  );

  app.get(
    '/v1/calendars',
    {
      config: { permission: 'calendars:read', own: 'nobody' },
      schema: {
        summary: 'List holiday calendars by name',
        tags,
        querystring: CalendarListQuerySchema,
        response: { 200: CalendarPageSchema },
      },
    },
    ({ query }) =>
      readPage(query, CursorSchema, (after, limit) => listCalendars(database, after?.name ?? null, limit), {
        item: presentListed,
        position: ({ name }) => ({ name }),
      }),
  );
}

function toCalendar(name: string, { weekend, holidays }: NewCalendar): Calendar | Refusal {
  const dated = holidays.map((holiday) => ({ date: date(holiday.date), name: holiday.name ?? null }));
  return orderedCalendar({ name, weekend, holidays: dated });
}

function presentCalendar({ name, weekend, holidays, version }: StoredCalendar): CalendarJson {
  return { name, weekend: [...weekend], holidays: holidays.map((holiday) => ({ ...holiday })), version };
}

function presentListed({ name, weekend, holidays, version }: StoredCalendar) {
  return {
    name,
    weekend: [...weekend],
    number_of_holidays: holidays.length,
    last_holiday: holidays.at(-1)?.date ?? null,
    version,
  };
}
