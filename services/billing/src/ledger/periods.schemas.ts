import { DateSchema, InstantSchema, pageOf } from '@tenor/contracts';
import { Type } from 'typebox';
import { orNull } from '../customers/customers.schemas.ts';

const closed = { additionalProperties: false };

const MonthSchema = Type.String({
  pattern: '^(19|20|21)\\d{2}-(0[1-9]|1[0-2])$',
  description: 'Month YYYY-MM from 1900 to 2199',
  examples: ['2026-01'],
});

export const MonthParamsSchema = Type.Object({ month: MonthSchema }, closed);

export const PeriodSchema = Type.Object(
  {
    month: MonthSchema,
    status: Type.Literal('closed'),
    closed_at: InstantSchema,
    closed_by: Type.String({ description: 'Who closed it' }),
  },
  closed,
);

export const PeriodPageSchema = Type.Object(
  {
    open_from: orNull({ ...DateSchema, description: 'First day that takes postings; null while no month is closed' }),
    ...pageOf(PeriodSchema).properties,
  },
  closed,
);
