import {
  ExternalIdSchema,
  InstantSchema,
  MoneySchema,
  PageQuerySchema,
  PositiveMoneySchema,
  pageOf,
  UuidSchema,
} from '@tenor/contracts';
import { type Static, Type } from 'typebox';

const METHOD_LENGTH_MAX = 32;
const closed = { additionalProperties: false } as const;
const instantOrNull = (description: string) => Type.Union([InstantSchema, Type.Null()], { description });

export const RequestRefundSchema = Type.Object(
  {
    amount: PositiveMoneySchema,
    method: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: METHOD_LENGTH_MAX,
        description:
          'How it is paid out: `manual` (the default) counts as paid out once authorised; or a configured provider',
      }),
    ),
    external_id: Type.Optional(ExternalIdSchema),
  },
  closed,
);
export type RequestRefundBody = Static<typeof RequestRefundSchema>;

const RefundStatusSchema = Type.Enum(['requested', 'authorised', 'refused', 'paid_out', 'failed', 'returned'], {
  description: '`failed`: the money never left; `returned`: it was paid out and came back',
});

export const RefundSchema = Type.Object(
  {
    id: UuidSchema,
    customer_id: UuidSchema,
    status: RefundStatusSchema,
    amount: MoneySchema,
    method: Type.String(),
    external_id: Type.Union([Type.String(), Type.Null()]),
    reason: Type.Union([Type.String(), Type.Null()], {
      description: 'Why it was refused, failed or returned, as a code; null in any other status',
    }),
    requested_at: InstantSchema,
    decided_at: instantOrNull('When billing authorised or refused it'),
    closed_at: instantOrNull(
      'When it was refused or paid out, or failed; one that is returned keeps the time of its payout',
    ),
  },
  closed,
);
export type RefundView = Static<typeof RefundSchema>;

export const RefundsQuerySchema = Type.Object(
  { ...PageQuerySchema.properties, status: Type.Optional(RefundStatusSchema) },
  closed,
);
export const RefundPageSchema = pageOf(RefundSchema);
export const RefundCursorSchema = Type.Object({ id: UuidSchema }, closed);
