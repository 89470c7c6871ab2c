import {
  AmountSchema,
  BookDateSchema,
  BUCKET_PATTERN,
  CurrencySchema,
  DateSchema,
  ExternalIdSchema,
  InstantSchema,
  MoneySchema,
  PageQuerySchema,
  PositiveMoneySchema,
  pageOf,
  textSchema,
  UuidSchema,
} from '@tenor/contracts';
import { type Static, Type } from 'typebox';
import { IdParamsSchema, orNull } from '../customers/customers.schemas.ts';
import { GivenTermsSchema, ProductCodeSchema, TermsSchema } from '../products/terms.schemas.ts';
import { AprSchema } from '../quotes/quotes.schemas.ts';

const REASON_LENGTH_MAX = 500;

export { IdParamsSchema };

const at = {
  as_of: Type.Optional({ ...DateSchema, description: 'The day to look at; left out: today' }),
  known_at: Type.Optional({ ...InstantSchema, description: 'By what was recorded until then; left out: until now' }),
};
export const AtQuerySchema = Type.Object(at, { additionalProperties: false });
export type AtQuery = Static<typeof AtQuerySchema>;

export const LoanStatusSchema = Type.Enum([
  'pending',
  'approved',
  'active',
  'paid',
  'rejected',
  'cancelled',
  'failed',
  'written_off',
]);
export const BucketSchema = Type.String({
  pattern: BUCKET_PATTERN,
  description: 'By the limits of the product: `current`, `1-30`, …, the last one open as in `91+`',
  examples: ['1-30'],
});

export const NewLoanSchema = Type.Object(
  {
    customer_id: UuidSchema,
    product: ProductCodeSchema,
    principal: PositiveMoneySchema,
    external_id: Type.Optional(ExternalIdSchema),
    disbursed_on: Type.Optional({ ...BookDateSchema, description: 'Today or earlier; left out: today' }),
    terms: Type.Optional(GivenTermsSchema),
    accept_corrected_rate: Type.Optional(
      Type.Boolean({
        description:
          "Where Tenor's own score decides: open the loan at the lowest rate that the score allows, if the one asked for is below it. Left out or false: it is refused",
      }),
    ),
  },
  { additionalProperties: false },
);
export type NewLoan = Static<typeof NewLoanSchema>;

const WrittenOffSchema = Type.Object(
  {
    on: DateSchema,
    principal: AmountSchema,
    interest: AmountSchema,
    fee: AmountSchema,
    penalty: AmountSchema,
    total: AmountSchema,
    recovered: { ...AmountSchema, description: 'What came in of it since' },
    currency: CurrencySchema,
  },
  { additionalProperties: false },
);
export const LoanSchema = Type.Object(
  {
    id: UuidSchema,
    external_id: orNull(Type.String()),
    customer_id: UuidSchema,
    product: ProductCodeSchema,
    product_version: Type.Integer(),
    status: LoanStatusSchema,
    principal: { ...MoneySchema, description: 'What was approved' },
    disbursed: { ...MoneySchema, description: 'What was paid out of it, before fees' },
    total: { ...MoneySchema, description: 'All that the schedule asks for: paid, unpaid or given up' },
    outstanding: MoneySchema,
    disbursed_on: orNull(DateSchema),
    maturity_date: orNull(DateSchema),
    is_delinquent: Type.Boolean(),
    days_past_due: Type.Integer({ minimum: 0 }),
    apr: {
      ...orNull(AprSchema),
      description: 'By the schedule of its disbursement, whatever was paid since; null before it',
    },
    terms: TermsSchema,
    written_off: {
      ...orNull(WrittenOffSchema),
      description: 'What was owed when the loan was written off; null for any other',
    },
    as_of: DateSchema,
    known_at: InstantSchema,
  },
  { additionalProperties: false },
);
export type LoanJson = Static<typeof LoanSchema>;

const loanFilters = {
  status: Type.Optional(LoanStatusSchema),
  product: Type.Optional(ProductCodeSchema),
  currency: Type.Optional(CurrencySchema),
};
export const LoanListQuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    ...at,
    ...loanFilters,
    customer_id: Type.Optional(UuidSchema),
    external_id: Type.Optional(ExternalIdSchema),
  },
  { additionalProperties: false, description: 'status filters by the status now' },
);
export const CustomerLoansQuerySchema = Type.Object(
  { ...PageQuerySchema.properties, ...at, ...loanFilters },
  { additionalProperties: false },
);
export const LoanPageSchema = pageOf(LoanSchema);

export const ReasonSchema = Type.Object(
  { reason: Type.Optional(textSchema(REASON_LENGTH_MAX, 'For the journal; must hold no personal data')) },
  { additionalProperties: false },
);
export type Reason = Static<typeof ReasonSchema>;
export const ApprovalSchema = Type.Object(
  { approved_on: Type.Optional({ ...BookDateSchema, description: 'Today or earlier; left out: today' }) },
  { additionalProperties: false },
);
export type Approval = Static<typeof ApprovalSchema>;
export const DisbursementSchema = Type.Object(
  {
    disbursed_on: Type.Optional({ ...BookDateSchema, description: 'Today or earlier; left out: today' }),
    amount: Type.Optional({
      ...PositiveMoneySchema,
      description: 'A part, where the terms allow several disbursements; left out: all that is left of the principal',
    }),
  },
  { additionalProperties: false },
);

export type DisbursementBody = Static<typeof DisbursementSchema>;

export const OutstandingSchema = Type.Object(
  {
    as_of: DateSchema,
    known_at: InstantSchema,
    principal: AmountSchema,
    interest: AmountSchema,
    fee: AmountSchema,
    penalty: AmountSchema,
    total: AmountSchema,
    due_now: AmountSchema,
    overdue: AmountSchema,
    currency: CurrencySchema,
  },
  { additionalProperties: false },
);

const delinquency = {
  is_delinquent: Type.Boolean(),
  consecutive_missed: Type.Integer({ minimum: 0 }),
  days_past_due: Type.Integer({ minimum: 0 }),
  bucket: BucketSchema,
  arrears: AmountSchema,
  currency: CurrencySchema,
};
export const DelinquencySchema = Type.Object(
  {
    as_of: DateSchema,
    known_at: InstantSchema,
    ...delinquency,
    arrears_by_bucket: Type.Array(
      Type.Object({ bucket: BucketSchema, arrears: AmountSchema }, { additionalProperties: false }),
      { description: 'What each missed instalment owes, in the bucket of its own days past due; together the arrears' },
    ),
    is_paused: Type.Boolean({ description: 'Whether the day does not count as late' }),
    pauses: Type.Array(Type.Object({ from: DateSchema, until: orNull(DateSchema) }, { additionalProperties: false }), {
      description: 'Days that do not count, both ends among them; `until` is null while it is not known',
    }),
  },
  { additionalProperties: false },
);

export const EventsQuerySchema = Type.Object({ ...PageQuerySchema.properties, ...at }, { additionalProperties: false });
export const LoanEventSchema = Type.Object(
  {
    seq: Type.Integer({ minimum: 1 }),
    id: UuidSchema,
    type: Type.String(),
    value_date: DateSchema,
    recorded_at: InstantSchema,
    actor: Type.String(),
    payload: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
    prev_hash: Type.String(),
    hash: Type.String(),
  },
  { additionalProperties: false },
);
export const EventPageSchema = Type.Object(
  { as_of: DateSchema, known_at: InstantSchema, ...pageOf(LoanEventSchema).properties },
  { additionalProperties: false },
);

export const CustomerDelinquencySchema = Type.Object(
  {
    customer_id: UuidSchema,
    as_of: DateSchema,
    known_at: { ...orNull(InstantSchema), description: 'null for a customer without loans' },
    is_delinquent: Type.Boolean(),
    consecutive_missed: Type.Integer({ minimum: 0 }),
    days_past_due: Type.Integer({ minimum: 0 }),
    bucket: BucketSchema,
    arrears: Type.Array(MoneySchema, { description: 'By currency' }),
    loans: Type.Array(Type.Object({ loan_id: UuidSchema, ...delinquency }, { additionalProperties: false })),
  },
  { additionalProperties: false, description: "The worst of the customer's active loans" },
);
export type CustomerDelinquencyJson = Static<typeof CustomerDelinquencySchema>;
