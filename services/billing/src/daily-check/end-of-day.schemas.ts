import { BookDateSchema, DateSchema, InstantSchema } from '@tenor/contracts';
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false };

export const EndOfDayRequestSchema = Type.Object(
  { date: Type.Optional({ ...BookDateSchema, description: 'Today or earlier; left out: today' }) },
  closed,
);

export const EndOfDayParamsSchema = Type.Object({ date: DateSchema }, closed);

export const EndOfDaySchema = Type.Object(
  {
    date: DateSchema,
    status: Type.Enum(['started', 'finished'], {
      description: '`started` until no loan is left; post it again to go on with one that was interrupted',
    }),
    total: Type.Integer({ minimum: 0, description: 'Loans to visit' }),
    done: Type.Integer({ minimum: 0, description: 'Loans visited' }),
    started_at: InstantSchema,
    finished_at: Type.Union([InstantSchema, Type.Null()]),
  },
  closed,
);
export type EndOfDayJson = Static<typeof EndOfDaySchema>;
