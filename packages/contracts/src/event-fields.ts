import { type Static, type TEnum, type TProperties, Type } from 'typebox';
import { DateSchema } from './dates.ts';
import { CurrencySchema } from './money.ts';

/** Building blocks of events. Sums may be larger than what a request may send, hence a pattern of their own. */
const described = <T extends object>(schema: T, description: string): T => ({ ...schema, description });

export const amount = (description: string) =>
  Type.String({ pattern: '^\\d{1,20}(\\.\\d{1,4})?$', description, examples: ['44000.00'] });
export const day = (description: string) => described(DateSchema, description);
export const id = (description: string) => Type.String({ format: 'uuid', description });
export const count = (description: string) => Type.Integer({ minimum: 0, description });
export const oneOf = <const Values extends string[]>(
  values: readonly [...Values],
  description: string,
): TEnum<Values> => Type.Enum(values, { description });
export const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });

export const currency = CurrencySchema;
export const loanId = id('The loan');
export const customerId = id('The customer');
export const paymentId = id('The payment');
export const refundId = id('The refund');

/** What every event of a refund says. */
export const refundFace = {
  refund_id: refundId,
  customer_id: customerId,
  currency,
  amount: amount('What is to be paid out'),
  method: Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'How it is paid out: `manual`, or the name of a gateway',
  }),
} satisfies TProperties;

/** What brought money to a loan, where an event serves payments, uses of credit and recoveries alike. */
export const paidFrom = Type.Optional(
  oneOf(
    ['payment', 'credit', 'recovery'],
    'Left out: `payment`. Else `payment_id` is the id of a use of credit (`credit`) or of a recovery, which the payment service does not have',
  ),
);

/** What ended with a payment without being paid. */
export const waived = Type.Optional(
  amount('The small remainder that was given up, since the loan was to end with this payment; left out: nothing'),
);

/** What a customer owes because credit was spent whose payment was then taken back. */
export const shortfall = Type.Optional(
  amount('What the customer owes after it, since credit was spent whose payment was then taken back; covered first'),
);

/** The excesses that a spending of credit consumed. */
export const lots = Type.Array(
  Type.Object({
    payment_id: id('The payment, or use of credit, that left this credit'),
    loan_id: orNull(loanId, 'The loan it was meant for; null when no loan took it'),
    amount: amount('What was spent of it'),
  }),
  { description: 'Which credit was spent, the oldest first; together the amount' },
);

/** Keyed hash of what a client calls the resource: it can be looked up by who knows the name, and read by nobody. */
export const externalRef = orNull(
  Type.String({ pattern: '^[0-9a-f]{64}$' }),
  'HMAC-SHA256 of the external id, null without one',
);

/** A machine-readable cause. */
export const reasonCode = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$', description: 'Why, as a code' });

/** Free text of an officer. */
export const reasonText = orNull(Type.String({ maxLength: 500 }), 'Why, in words; it must hold no personal data');

export const takenBackKind = oneOf(
  ['reversal', 'chargeback'],
  'Taken back by us, or forced by the bank of the payer: the same effect',
);

/** All that a loan can become, later features included, so that a new status breaks no consumer. */
export const loanStatus = oneOf(
  ['pending', 'approved', 'active', 'paid', 'rejected', 'cancelled', 'failed', 'written_off'],
  'Status after the event',
);

/** `current`, then days past due by the limits of the product, the last bucket open: `1-30`, …, `91+`. */
export const BUCKET_PATTERN = '^(current|[1-9]\\d{0,3}-[1-9]\\d{0,3}|[1-9]\\d{0,3}\\+)$';
export const bucket = (description: string) =>
  Type.String({
    pattern: BUCKET_PATTERN,
    description: `${description}, by the limits of the product`,
    examples: ['1-30'],
  });

/** What every event that moves money says about its loan, so that a consumer needs no other to stay right. */
export const timeZone = Type.String({
  minLength: 1,
  maxLength: 64,
  description: "IANA name of the zone that the loan's business dates are of; left out: the installation's",
  examples: ['Asia/Jakarta'],
});

export const writtenOff = Type.Optional(
  Type.Object(
    { on: day('Value date of the write-off'), amount: amount('All that was owed then') },
    { description: 'Of a loan that was written off: what payments dated until then may still pay' },
  ),
);

export const loanFace = {
  loan_id: loanId,
  customer_id: customerId,
  currency,
  status: loanStatus,
  outstanding: amount('All that is unpaid after the event, due or not'),
  unpaid: Type.Array(
    Type.Object({
      number: Type.Integer({ minimum: 1, description: 'The instalment' }),
      due_date: day('When it is due'),
      amount: amount('What is unpaid of it after the event'),
    }),
    { description: 'Unpaid totals of the instalments that the event changed' },
  ),
  written_off: writtenOff,
} satisfies TProperties;

export const allocations = Type.Array(
  Type.Object({
    instalment: Type.Integer({ minimum: 1, description: 'Its number' }),
    principal: amount('To principal'),
    interest: amount('To interest'),
    fee: amount('To fees'),
    penalty: amount('To penalties'),
  }),
  { description: 'How the applied amount was spread over the instalments' },
);

/** The rule by which what is late owes more by the day: what only days added is in no event. */
export const lateGrowth = Type.Object(
  {
    penalty: orNull(
      Type.Object({
        amount: orNull(amount('Amount'), 'Once for an instalment; null where it is a part per day'),
        percent_per_day: orNull(
          Type.String({ pattern: '^\\d{1,10}(\\.\\d{1,20})?$' }),
          'Of what is late, in percent for each day; null where it is an amount',
        ),
        grace_days: count('Days after the due date before it begins'),
        cap: orNull(amount('Amount'), 'The most for an instalment; null: no limit'),
      }),
      'Penalty of an instalment that is late',
    ),
    interest: orNull(
      Type.Object({
        percent_per_year: Type.String({
          pattern: '^\\d{1,10}(\\.\\d{1,20})?$',
          description: 'The highest yearly rate of the loan, in percent',
        }),
        year_days: Type.Integer({ minimum: 1, description: 'Days of the year that a day is a part of' }),
      }),
      'Interest on principal that is late',
    ),
  },
  { description: 'How what is late owes more by the day than the last event told; left out: it does not' },
);
export type LateGrowth = Static<typeof lateGrowth>;

/** A loan's delinquency on a day. */
export const delinquency = {
  loan_id: loanId,
  customer_id: customerId,
  as_of: day('The day that the figures are for'),
  consecutive_missed: count('Instalments missed in a row up to the newest'),
  days_past_due: count('Days since the oldest missed instalment was due'),
  bucket: bucket('Bucket of the days past due'),
  arrears: amount('All that is missed'),
  currency,
} satisfies TProperties;
