import { decimal, externalId, type Given, instant, oneOf, optional, profilePageOf, text } from '@tenor/profile-kit';
import { type Static, type TSchema, Type } from 'typebox';
import type { CustomerStatus } from '../../customers/customer.ts';

const EXTERNAL_ID_LENGTH_MAX = 60;
const CONTRACT_VERSION_LENGTH_MAX = 30;
const AMOUNT = { digits: 12, places: 2 };

/** How a body that creates a customer is read, one of many too. */
export const customerFields = {
  external_id: externalId({ max: EXTERNAL_ID_LENGTH_MAX }),
  status: optional(oneOf<CustomerStatus>({ 1: 'active', 2: 'inactive' }), 'active' as const),
  score: decimal({ ...AMOUNT, min: '0' }),
  preapproved_at: optional(instant, null),
};
export type MoCustomer = Given<typeof customerFields>;

/** How a body that opens a loan is read; `customer` also by the names that answers have for it. */
export const loanFields = {
  external_id: externalId({ max: EXTERNAL_ID_LENGTH_MAX }),
  customer: externalId({ max: EXTERNAL_ID_LENGTH_MAX }),
  amount: decimal({ ...AMOUNT, min: '0.01' }),
  contract_version: optional(text({ max: CONTRACT_VERSION_LENGTH_MAX }), null),
  maximum_payment_date: optional(instant, null),
};

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const amount = Type.String({ description: 'Decimal text' });

export const NewCustomerSchema = Type.Object({
  external_id: Type.String({ maxLength: EXTERNAL_ID_LENGTH_MAX }),
  status: Type.Optional(Type.Integer({ description: '1 active, 2 inactive' })),
  score: Type.String({ description: 'The limit of what may be owed at once' }),
  preapproved_at: Type.Optional(orNull(Type.String())),
});
export const CustomerSchema = Type.Object({
  id: Type.Integer(),
  external_id: Type.String(),
  status: Type.Integer({ description: '1 active, 2 inactive' }),
  score: orNull(amount),
  preapproved_at: Type.String(),
});
export type CustomerJson = Static<typeof CustomerSchema>;
export const CustomersSchema = profilePageOf(CustomerSchema);

export const BalanceSchema = Type.Object({
  external_id: Type.String(),
  score: orNull(amount),
  available_amount: { ...orNull(amount), description: 'The score less the debt; null without a score' },
  total_debt: { ...amount, description: 'Outstanding on loans that are pending or active' },
});
export type BalanceJson = Static<typeof BalanceSchema>;
export const BalancesSchema = Type.Union([BalanceSchema, profilePageOf(BalanceSchema)]);

export const NewLoanSchema = Type.Object({
  external_id: Type.String({ maxLength: EXTERNAL_ID_LENGTH_MAX }),
  customer: Type.String({ description: "The customer's external id, or its whole number" }),
  amount,
  contract_version: Type.Optional(orNull(Type.String({ maxLength: CONTRACT_VERSION_LENGTH_MAX }))),
  maximum_payment_date: Type.Optional(orNull(Type.String({ description: 'Without it, thirty weeks on' }))),
});
export const LoanSchema = Type.Object({
  id: Type.Integer(),
  external_id: orNull(Type.String()),
  customer_external_id: orNull(Type.String()),
  amount,
  outstanding: amount,
  status: Type.Integer({ description: '1 pending, 2 active, 3 rejected, 4 paid' }),
  contract_version: orNull(Type.String()),
  maximum_payment_date: orNull(Type.String()),
  taken_at: orNull(Type.String()),
});
export type LoanJson = Static<typeof LoanSchema>;
export const LoansSchema = profilePageOf(LoanSchema);

export const BulkSchema = Type.Array(NewCustomerSchema);
export const BulkJobSchema = Type.Object({
  id: Type.String(),
  status: Type.Enum(['queued', 'running', 'done', 'failed']),
  rows_total: orNull(Type.Integer()),
  rows_created: Type.Integer(),
  rows_repeated: Type.Integer({ description: 'Created before with the same content' }),
  rows_refused: Type.Integer(),
  failure: orNull(Type.String({ description: 'Why the file itself cannot be taken' })),
  next: orNull(Type.String()),
  results: Type.Array(
    Type.Object({
      row: Type.Integer({ description: 'As a spreadsheet counts, or the place in the array' }),
      result: Type.Enum(['created', 'repeated', 'refused']),
      id: orNull(Type.Integer()),
      errors: Type.Unknown(),
    }),
  ),
});
export const BulkParamsSchema = Type.Object({ job_id: Type.String() });
export const BulkQuerySchema = Type.Object({ after: Type.Optional(Type.Integer({ description: 'Number of a row' })) });
export const CustomerParamsSchema = Type.Object({ customer_id: Type.String() });
export const BalanceQuerySchema = Type.Object({
  external_id: Type.Optional(Type.String()),
  customer_id: Type.Optional(Type.String()),
  page_size: Type.Optional(Type.Integer()),
  cursor: Type.Optional(Type.String()),
});
