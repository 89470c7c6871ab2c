import { BookDateSchema, PageQuerySchema, pageOf, textSchema } from '@tenor/contracts';
import { type Static, Type } from 'typebox';

const HOLIDAYS_MAX = 1_000;
const HOLIDAY_NAME_LENGTH_MAX = 100;
/** A calendar is open on some weekday. */
const WEEKEND_DAYS_MAX = 6;

export const CalendarNameSchema = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  title: 'Calendar name',
  description: 'Name of a holiday calendar',
  examples: ['jakarta'],
});

const HolidaySchema = Type.Object(
  {
    date: { ...BookDateSchema, title: 'Date', description: 'A day that is closed', examples: ['2026-08-17'] },
    name: Type.Optional(
      Type.Union([textSchema(HOLIDAY_NAME_LENGTH_MAX, 'Name'), Type.Null()], {
        title: 'Name',
        description: 'What is celebrated',
        default: null,
        examples: ['Independence Day'],
      }),
    ),
  },
  { additionalProperties: false },
);

const weekend = Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
  title: 'Weekend',
  maxItems: WEEKEND_DAYS_MAX,
  uniqueItems: true,
  description: 'Weekdays that are always closed, Monday 1 to Sunday 7',
  examples: [[6, 7]],
});
const version = Type.Integer({ minimum: 1, description: 'As in the ETag' });

export const CalendarParamsSchema = Type.Object({ name: CalendarNameSchema }, { additionalProperties: false });
export const CalendarListQuerySchema = PageQuerySchema;

export const NewCalendarSchema = Type.Object(
  {
    weekend,
    holidays: Type.Array(HolidaySchema, {
      title: 'Holidays',
      maxItems: HOLIDAYS_MAX,
      description: 'Single closed days, in any order, each once',
      examples: [[{ date: '2026-08-17', name: 'Independence Day' }]],
    }),
  },
  { additionalProperties: false, description: 'The whole calendar: it replaces what was there' },
);
export type NewCalendar = Static<typeof NewCalendarSchema>;

export const CalendarSchema = Type.Object(
  {
    name: CalendarNameSchema,
    weekend,
    holidays: Type.Array(
      Type.Object(
        { date: BookDateSchema, name: Type.Union([Type.String(), Type.Null()]) },
        { additionalProperties: false },
      ),
      { description: 'In the order of their dates' },
    ),
    version,
  },
  { additionalProperties: false },
);
export type CalendarJson = Static<typeof CalendarSchema>;

/** A list leaves the holidays out, which may be many. */
export const CalendarPageSchema = pageOf(
  Type.Object(
    {
      name: CalendarNameSchema,
      weekend,
      number_of_holidays: Type.Integer({ minimum: 0 }),
      last_holiday: Type.Union([BookDateSchema, Type.Null()], {
        description: 'After it only the weekend is closed, until somebody adds days',
      }),
      version,
    },
    { additionalProperties: false },
  ),
);
