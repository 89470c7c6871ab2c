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
import { type TSchema, Type } from 'typebox';
import { differenceKinds } from './difference.ts';

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

export const ReconciliationCursorSchema = Type.Object(
  {
    of: Type.Enum(['payments', 'refunds']),
    last: Type.Optional(Type.Object({ date: BookDateSchema, id: UuidSchema }, closed)),
  },
  closed,
);

const kind = Type.Enum([...differenceKinds], { description: 'What differs: see docs/operations.md' });
const toHeal = { description: 'What healing does' };
const remedy = Type.Enum(['republish_settled', 'republish_reversed', 'take_answer'], toHeal);
const refundRemedy = Type.Enum(['republish_refund', 'take_decision'], toHeal);
const nextCursor = Type.Union([Type.String(), Type.Null()], { description: 'null when all dates are compared' });

const BookSchema = Type.Object(
  { amount: MoneySchema, reversed: Type.Boolean({ description: 'Whether it was taken back' }) },
  closed,
);
const RefundBookSchema = Type.Object({ amount: MoneySchema, status: Type.String() }, closed);
const orNull = <Schema extends TSchema>(schema: Schema, description: string) =>
  Type.Union([schema, Type.Null()], { description });
const ours = "In payment's books; null when it is not there";
const theirs = "In billing's books; null when it is not there";
const orPerson = 'What healing does; null for what needs a person';

const PaymentDifferenceSchema = Type.Object(
  {
    payment_id: UuidSchema,
    customer_id: UuidSchema,
    value_date: DateSchema,
    kind,
    remedy: orNull(remedy, orPerson),
    payment: orNull(BookSchema, ours),
    billing: orNull(BookSchema, theirs),
  },
  closed,
);

const RefundDifferenceSchema = Type.Object(
  {
    refund_id: UuidSchema,
    customer_id: UuidSchema,
    date: { ...DateSchema, description: 'When it was requested (UTC); where payment does not have it, decided' },
    kind,
    remedy: orNull(refundRemedy, orPerson),
    payment: orNull(RefundBookSchema, ours),
    billing: orNull(RefundBookSchema, theirs),
  },
  closed,
);

const SumSchema = Type.Object({ count: Type.Integer({ minimum: 0 }), amount: AmountSchema }, closed);
const StandingsSchema = Type.Array(
  Type.Object({ currency: CurrencySchema, settled: SumSchema, reversed: SumSchema }, closed),
);

export const ReconciliationSchema = Type.Object(
  {
    data: Type.Array(PaymentDifferenceSchema, { maxItems: PAGE_LIMIT_MAX, description: 'Payments that differ' }),
    refunds: Type.Array(RefundDifferenceSchema, { maxItems: PAGE_LIMIT_MAX, description: 'Refunds that differ' }),
    totals: Type.Object(
      { payment: StandingsSchema, billing: StandingsSchema },
      { ...closed, description: 'Of the payments that this page compared, without those in flight' },
    ),
    imported: Type.Array(Type.Object({ currency: CurrencySchema, ...SumSchema.properties }, closed), {
      description:
        'Payments that loans brought along into billing by files whose `as_of` is among these dates: payment never had ' +
        'them. On the first page alone',
    }),
    in_flight: Type.Object(
      {
        count: Type.Integer({ minimum: 0 }),
        since: Type.Union([InstantSchema, Type.Null()], { description: 'When the oldest of them was recorded' }),
      },
      { ...closed, description: 'Payments and refunds that one of the services has not passed yet' },
    ),
    next_cursor: nextCursor,
  },
  closed,
);

export const HealedSchema = Type.Object(
  {
    healed: Type.Array(Type.Object({ payment_id: UuidSchema, remedy }, closed)),
    needs_person: Type.Array(Type.Object({ payment_id: UuidSchema, kind }, closed)),
    refunds: Type.Object(
      {
        healed: Type.Array(Type.Object({ refund_id: UuidSchema, remedy: refundRemedy }, closed)),
        needs_person: Type.Array(Type.Object({ refund_id: UuidSchema, kind }, closed)),
      },
      closed,
    ),
    in_flight: Type.Integer({
      minimum: 0,
      description: 'Payments and refunds that one of the services has not passed',
    }),
    next_cursor: nextCursor,
  },
  closed,
);
