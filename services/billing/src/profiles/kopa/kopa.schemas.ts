import { decimal, externalId, optional, text } from '@tenor/profile-kit';
import { type Static, type TSchema, Type } from 'typebox';
import { applicationStatuses } from './kopa-words.ts';

const CUSTOMER_NUMBER_LENGTH_MAX = 128;
const NAME_LENGTH_MAX = 200;
const ADDRESS_LENGTH_MAX = 500;
const KYC_DATA_LENGTH_MAX = 10_000;
const USERNAME_LENGTH_MAX = 100;
const PASSWORD_LENGTH_MAX = 256;
const TOKEN_LENGTH_MAX = 4_096;

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const customerNumber = externalId({ max: CUSTOMER_NUMBER_LENGTH_MAX });
const amount = decimal({ digits: 14, places: 2, min: '0.01' });

/** How bodies are read; a change in part leaves out what it does not name. */
export const customerFields = {
  customer_number: customerNumber,
  name: text({ max: NAME_LENGTH_MAX }),
  address: optional(text({ max: ADDRESS_LENGTH_MAX, blank: true }), ''),
  other_kyc_data: optional(text({ max: KYC_DATA_LENGTH_MAX, blank: true }), ''),
};
export const customerChangeFields = {
  customer_number: optional(customerNumber, undefined),
  name: optional(customerFields.name, undefined),
  address: optional(text({ max: ADDRESS_LENGTH_MAX, blank: true }), undefined),
  other_kyc_data: optional(text({ max: KYC_DATA_LENGTH_MAX, blank: true }), undefined),
};
export const loanFields = { customer_number: customerNumber, amount };
export const loanChangeFields = {
  customer_number: optional(customerNumber, undefined),
  amount: optional(amount, undefined),
};
export const statusFields = { customer_number: customerNumber };
export const transactionDataFields = { customerNumber };
export const loginFields = {
  username: text({ max: USERNAME_LENGTH_MAX }),
  password: text({ max: PASSWORD_LENGTH_MAX, trim: false }),
};
export const refreshFields = { refresh: text({ max: TOKEN_LENGTH_MAX }) };

const customer = {
  customer_number: Type.String({ maxLength: CUSTOMER_NUMBER_LENGTH_MAX, examples: ['234774784'] }),
  name: Type.String({ maxLength: NAME_LENGTH_MAX, examples: ['John Doe'] }),
  address: Type.String({ maxLength: ADDRESS_LENGTH_MAX, examples: ['123 Main St'] }),
  other_kyc_data: Type.String({ maxLength: KYC_DATA_LENGTH_MAX }),
};
const amountText = Type.String({ examples: ['2000.00'], description: 'A number is taken, too' });

export const CustomerBodySchema = Type.Object({
  ...customer,
  address: Type.Optional(customer.address),
  other_kyc_data: Type.Optional(customer.other_kyc_data),
});
export const CustomerChangeSchema = Type.Partial(CustomerBodySchema);
export const CustomerSchema = Type.Object({ id: Type.Integer(), ...customer });
export type CustomerJson = Static<typeof CustomerSchema>;

export const LoanBodySchema = Type.Object({ customer_number: customer.customer_number, amount: amountText });
export const LoanChangeSchema = Type.Partial(LoanBodySchema);
export const LoanSchema = Type.Object({
  id: Type.Integer(),
  customer_number: Type.String(),
  amount: Type.String(),
  status: Type.Enum([...applicationStatuses]),
  score: orNull(Type.Number()),
  limit_amount: orNull(Type.String()),
  exclusion: orNull(Type.String()),
  created_at: Type.String({ description: 'When this amount was applied for' }),
  updated_at: Type.String(),
});
export type LoanJson = Static<typeof LoanSchema>;

export const NumberParamsSchema = Type.Object({ id: Type.Integer() });
export const StatusQuerySchema = Type.Object({ customer_number: Type.String() });
export const TransactionDataSchema = Type.Object({ customerNumber: Type.String() });
export const LoginSchema = Type.Object({ username: Type.String(), password: Type.String() });
export const RefreshSchema = Type.Object({ refresh: Type.String() });
export const TokensSchema = Type.Object({
  refresh: Type.String({ description: 'For one use: its successor comes with the answer' }),
  access: Type.String(),
});
