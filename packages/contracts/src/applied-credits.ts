import { type Static, Type } from 'typebox';
import { DateSchema, UuidSchema } from './dates.ts';
import { AmountSchema, CurrencySchema } from './money.ts';
import { PAGE_LIMIT_MAX } from './page.ts';
import { checkOf } from './validation.ts';

const closed = { additionalProperties: false } as const;

const AppliedCreditSchema = Type.Object(
  {
    customer_id: UuidSchema,
    loan_id: Type.Union([UuidSchema, Type.Null()], { description: 'null for the part that no loan took' }),
    kind: Type.Enum(['payment', 'reversal']),
    currency: CurrencySchema,
    applied: { ...AmountSchema, description: 'To instalments' },
    credited: { ...AmountSchema, description: "To the customer's credit balance" },
  },
  closed,
);

export const AppliedPaymentSchema = Type.Object(
  {
    payment_id: UuidSchema,
    value_date: { ...DateSchema, description: 'The date under which it is listed' },
    credits: Type.Array(AppliedCreditSchema, { minItems: 1, description: 'All that billing has done with it' }),
  },
  closed,
);

/** A place in the list, which the reader may choose: unlike other cursors this one is not opaque. */
export const AppliedCursorSchema = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
  description: 'Value date and id of the payment behind which the list goes on',
  examples: ['2026-01-08/019aa4f1-6c00-7000-8000-00000000a001'],
});

/**
 * What billing tells payment for reconciliation: what payments and their reversals did, and how far billing has come.
 * All of one moment.
 */
export const AppliedCreditsSchema = Type.Object(
  {
    data: Type.Array(AppliedPaymentSchema, { maxItems: PAGE_LIMIT_MAX }),
    next_cursor: Type.Union([AppliedCursorSchema, Type.Null()], { description: 'null on the last page' }),
    progress: Type.Array(Type.Object({ partition: Type.Integer(), next_offset: Type.String() }, closed), {
      description: 'The next offset that billing reads of each partition of the payments topic',
    }),
    put_aside: Type.Array(UuidSchema, { description: 'Of the payments, those with a message among the dead letters' }),
    unpublished: Type.Array(UuidSchema, { description: 'Of the customers, those with events that wait in the outbox' }),
  },
  closed,
);
export type AppliedCredits = Static<typeof AppliedCreditsSchema>;

/** Undefined when an answer is what billing promises. */
export const checkAppliedCredits = checkOf(() => AppliedCreditsSchema);
