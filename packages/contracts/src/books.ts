import { type Static, type TSchema, Type } from 'typebox';
import { DateSchema, UuidSchema } from './dates.ts';
import { AmountSchema, CurrencySchema } from './money.ts';
import { PAGE_LIMIT_MAX } from './page.ts';
import { checkOf } from './validation.ts';

const closed = { additionalProperties: false } as const;

/** A place in a list of billing's books, which the reader may choose: unlike other cursors this one is not opaque. */
export const BookCursorSchema = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
  description: 'Date and id behind which the list goes on',
  examples: ['2026-01-08/019aa4f1-6c00-7000-8000-00000000a001'],
});

/** What billing tells payment for reconciliation: some of its books, and how far it has come. All of one moment. */
function bookPageOf<Item extends TSchema>(item: Item) {
  return Type.Object(
    {
      data: Type.Array(item, { maxItems: PAGE_LIMIT_MAX }),
      next_cursor: Type.Union([BookCursorSchema, Type.Null()], { description: 'null on the last page' }),
      progress: Type.Array(Type.Object({ partition: Type.Integer(), next_offset: Type.String() }, closed), {
        description: 'The next offset that billing reads of each partition of the payments topic',
      }),
      put_aside: Type.Array(UuidSchema, { description: 'Of the ids, those with a message among the dead letters' }),
      unpublished: Type.Array(UuidSchema, {
        description: 'Of the customers, those with events that wait in the outbox',
      }),
    },
    closed,
  );
}
export type BookPage<Item> = Omit<Static<ReturnType<typeof bookPageOf>>, 'data'> & { data: Item[] };

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
const AppliedPaymentSchema = Type.Object(
  {
    payment_id: UuidSchema,
    value_date: { ...DateSchema, description: 'The date under which it is listed' },
    credits: Type.Array(AppliedCreditSchema, { minItems: 1, description: 'All that billing has done with it' }),
  },
  closed,
);
/** What payments and their reversals did. */
export const AppliedCreditsSchema = bookPageOf(AppliedPaymentSchema);
export type AppliedCredits = Static<typeof AppliedCreditsSchema>;

const RefundDecisionSchema = Type.Object(
  {
    customer_id: UuidSchema,
    currency: CurrencySchema,
    amount: AmountSchema,
    status: Type.Enum(['authorised', 'refused', 'paid_out', 'failed', 'returned']),
    reason: Type.Union([Type.String(), Type.Null()], { description: 'Why it was refused; null if it was not' }),
  },
  closed,
);
const DecidedRefundSchema = Type.Object(
  {
    refund_id: UuidSchema,
    value_date: { ...DateSchema, description: 'The date under which it is listed: when it was decided' },
    decisions: Type.Array(RefundDecisionSchema, { minItems: 1, description: 'One, in sound books' }),
  },
  closed,
);
/** What billing decided about refunds, and what became of them. */
export const DecidedRefundsSchema = bookPageOf(DecidedRefundSchema);
export type DecidedRefunds = Static<typeof DecidedRefundsSchema>;

/** What loans that came by files had been paid before, which the payment service never saw. */
export const ImportedPaymentsSchema = Type.Object(
  {
    data: Type.Array(
      Type.Object(
        {
          currency: CurrencySchema,
          count: Type.Integer({ minimum: 0, description: 'Payments' }),
          amount: AmountSchema,
        },
        closed,
      ),
    ),
  },
  closed,
);
export type ImportedPayments = Static<typeof ImportedPaymentsSchema>;

/** Undefined when an answer is what billing promises. */
export const checkAppliedCredits = checkOf(() => AppliedCreditsSchema);
export const checkDecidedRefunds = checkOf(() => DecidedRefundsSchema);
export const checkImportedPayments = checkOf(() => ImportedPaymentsSchema);
