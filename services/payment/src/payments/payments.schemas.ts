import {
  AmountSchema,
  BookDateSchema,
  DateSchema,
  ExternalIdSchema,
  InstantSchema,
  MoneySchema,
  PageQuerySchema,
  PositiveAmountSchema,
  PositiveMoneySchema,
  pageOf,
  textSchema,
  UuidSchema,
} from '@tenor/contracts';
import { type Static, Type } from 'typebox';

const ALLOCATIONS_MAX = 100;
const METHOD_LENGTH_MAX = 32;
const REASON_LENGTH_MAX = 500;

const closed = { additionalProperties: false } as const;

const statuses = ['pending', 'settled', 'applied', 'failed', 'rejected', 'reversed'] as const;

export const RecordPaymentSchema = Type.Object(
  {
    customer_id: UuidSchema,
    amount: PositiveMoneySchema,
    value_date: Type.Optional({
      ...BookDateSchema,
      description:
        'The day the money counts from; default the business date, the earliest of the loans that it names or may reach',
    }),
    method: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: METHOD_LENGTH_MAX,
        description:
          'How it settles: `manual` (the default) at once; the name of a configured provider once that says so',
      }),
    ),
    external_id: Type.Optional(ExternalIdSchema),
    allocations: Type.Optional(
      Type.Array(Type.Object({ loan_id: UuidSchema, amount: PositiveAmountSchema }, closed), {
        minItems: 1,
        maxItems: ALLOCATIONS_MAX,
        description: 'The loans to pay, summing to the amount; without it the oldest instalments of all loans',
      }),
    ),
  },
  closed,
);
export type RecordPaymentBody = Static<typeof RecordPaymentSchema>;

export const TakeBackSchema = Type.Object(
  {
    reason: Type.Optional(textSchema(REASON_LENGTH_MAX, 'In words, without personal data')),
  },
  closed,
);

export const PaymentSchema = Type.Object(
  {
    id: UuidSchema,
    status: Type.Enum([...statuses]),
    customer_id: UuidSchema,
    amount: MoneySchema,
    value_date: DateSchema,
    recorded_at: InstantSchema,
    method: Type.String(),
    external_id: Type.Union([Type.String(), Type.Null()]),
    allocations: Type.Array(Type.Object({ loan_id: UuidSchema, amount: AmountSchema }, closed), {
      description: 'As applied once the status is `applied`, as asked for in any other status',
    }),
    unapplied: { ...AmountSchema, description: 'The part that no loan took; credit of the customer once applied' },
    reject_code: Type.Union([Type.Literal('amount_exceeds_outstanding'), Type.Null()], {
      description: 'The problem that it was answered with; null unless the status is `rejected`',
    }),
    failure_code: Type.Union([Type.String(), Type.Null()], {
      description: 'Why the provider did not bring the money; null unless the status is `failed`',
    }),
  },
  closed,
);
export const PaymentPageSchema = pageOf(PaymentSchema);

export const PaymentIdSchema = Type.Object({ id: UuidSchema }, closed);

export const PaymentsOfCustomerQuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    loan_id: Type.Optional(UuidSchema),
    status: Type.Optional(Type.Enum([...statuses])),
    from: Type.Optional({ ...DateSchema, description: 'First value date' }),
    to: Type.Optional({ ...DateSchema, description: 'Last value date' }),
  },
  closed,
);
export const PaymentsQuerySchema = Type.Object(
  { ...PaymentsOfCustomerQuerySchema.properties, customer_id: Type.Optional(UuidSchema) },
  closed,
);
export type PaymentsQuery = Static<typeof PaymentsQuerySchema>;

/** Position in a list of payments, newest first. */
export const PaymentCursorSchema = Type.Object({ id: UuidSchema }, closed);
