import {
  AmountSchema,
  BookDateSchema,
  CURSOR_LENGTH_MAX,
  CurrencySchema,
  DateSchema,
  InstantSchema,
  MoneySchema,
  PAGE_LIMIT_DEFAULT,
  PAGE_LIMIT_MAX,
  PageQuerySchema,
  UuidSchema,
} from '@tenor/contracts';
import { Type } from 'typebox';
import { differenceKinds } from './reconciliation.ts';

const closed = { additionalProperties: false } as const;

const dates = {
  date: Type.Optional({ ...BookDateSchema, description: 'The value date to compare' }),
  from: Type.Optional({ ...BookDateSchema, description: 'The first of several value dates' }),
  to: Type.Optional({ ...BookDateSchema, description: 'The last of them' }),
};

export const ReconciliationQuerySchema = Type.Object({ ...PageQuerySchema.properties, ...dates }, closed);

export const HealSchema = Type.Object(
  {
    ...dates,
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: PAGE_LIMIT_MAX,
        description: `Ends after so many differences; ${PAGE_LIMIT_DEFAULT} unless given`,
      }),
    ),
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: CURSOR_LENGTH_MAX, description: '`next_cursor` of the call before' }),
    ),
  },
  closed,
);

export const ReconciliationCursorSchema = Type.Object({ date: BookDateSchema, id: UuidSchema }, closed);

const kind = Type.Enum([...differenceKinds], { description: 'What differs: see docs/operations.md' });
const remedies = ['republish_settled', 'republish_reversed', 'take_answer'] as const;
const remedy = Type.Enum([...remedies], { description: 'What healing does' });
const nextCursor = Type.Union([Type.String(), Type.Null()], { description: 'null when all dates are compared' });

const BookSchema = Type.Object(
  { amount: MoneySchema, reversed: Type.Boolean({ description: 'Whether it was taken back' }) },
  closed,
);
const orNull = (schema: typeof BookSchema, description: string) => Type.Union([schema, Type.Null()], { description });

export const DifferenceSchema = Type.Object(
  {
    payment_id: UuidSchema,
    customer_id: UuidSchema,
    value_date: DateSchema,
    kind,
    remedy: Type.Union([remedy, Type.Null()], { description: 'What healing does; null for what needs a person' }),
    payment: orNull(BookSchema, "In payment's books; null when it is not there"),
    billing: orNull(BookSchema, "In billing's books; null when it is not there"),
  },
  closed,
);

const SumSchema = Type.Object({ count: Type.Integer({ minimum: 0 }), amount: AmountSchema }, closed);
const StandingsSchema = Type.Array(
  Type.Object({ currency: CurrencySchema, settled: SumSchema, reversed: SumSchema }, closed),
);

export const ReconciliationSchema = Type.Object(
  {
    data: Type.Array(DifferenceSchema, { maxItems: PAGE_LIMIT_MAX }),
    totals: Type.Object(
      { payment: StandingsSchema, billing: StandingsSchema },
      { ...closed, description: 'Of the payments that this page compared, without those in flight' },
    ),
    in_flight: Type.Object(
      {
        count: Type.Integer({ minimum: 0 }),
        since: Type.Union([InstantSchema, Type.Null()], { description: 'When the oldest of them was recorded' }),
      },
      { ...closed, description: 'Payments that one of the services has not passed yet' },
    ),
    next_cursor: nextCursor,
  },
  closed,
);

export const HealedSchema = Type.Object(
  {
    healed: Type.Array(Type.Object({ payment_id: UuidSchema, remedy }, closed)),
    needs_person: Type.Array(Type.Object({ payment_id: UuidSchema, kind }, closed)),
    in_flight: Type.Integer({ minimum: 0, description: 'Payments that one of the services has not passed yet' }),
    next_cursor: nextCursor,
  },
  closed,
);
