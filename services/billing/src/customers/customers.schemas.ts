import {
  ExternalIdSchema,
  InstantSchema,
  MoneySchema,
  NonNegativeMoneySchema,
  PageQuerySchema,
  pageOf,
  textSchema,
  UuidSchema,
} from '@tenor/contracts';
import { type Static, type TSchema, Type } from 'typebox';
import { type LimitPolicy, limitPolicies } from './limit-policy.ts';

const NAME_LENGTH_MAX = 100;
const EMAIL_LENGTH_MAX = 254;
const SEARCH_LENGTH_MAX = 100;

export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const IdParamsSchema = Type.Object({ id: UuidSchema }, { additionalProperties: false });
export const CustomerStatusSchema = Type.Enum(['active', 'inactive'], {
  description: 'An inactive customer takes no new loans; payments are still accepted',
});

const limitPolicy = Type.Enum(Object.keys(limitPolicies) as LimitPolicy[]);
const POLICY_MEANING =
  'Computes the limit, now and at each change of the income; income_36: 36 monthly incomes, to the nearest 100,000';
export const limitPolicyOrNull = {
  ...orNull(limitPolicy),
  description: 'What computes the limit; null for one that was set, or none',
};

const name = textSchema(NAME_LENGTH_MAX, 'A first or a last name is required');
const email = Type.String({ format: 'email', maxLength: EMAIL_LENGTH_MAX });
const phone = Type.String({
  pattern: '^\\+?[0-9][0-9 ().-]{2,24}$',
  description: 'With the country code by preference',
});

const age = Type.Integer({ minimum: 0, maximum: 150, description: 'In years' });

export const NewCustomerSchema = Type.Object(
  {
    external_id: ExternalIdSchema,
    first_name: Type.Optional(name),
    last_name: Type.Optional(name),
    email: Type.Optional(email),
    phone: Type.Optional(phone),
    age: Type.Optional(age),
    monthly_income: Type.Optional(NonNegativeMoneySchema),
    credit_limit: Type.Optional(NonNegativeMoneySchema),
    limit_policy: Type.Optional({ ...limitPolicy, description: `${POLICY_MEANING}. Instead of credit_limit` }),
  },
  { additionalProperties: false },
);
export type NewCustomer = Static<typeof NewCustomerSchema>;

export const CustomerPatchSchema = Type.Object(
  {
    first_name: Type.Optional(orNull(name)),
    last_name: Type.Optional(orNull(name)),
    email: Type.Optional(orNull(email)),
    phone: Type.Optional(orNull(phone)),
    age: Type.Optional(orNull(age)),
    monthly_income: Type.Optional(orNull(NonNegativeMoneySchema)),
    credit_limit: Type.Optional({ ...orNull(NonNegativeMoneySchema), description: 'Ends the limit_policy' }),
    limit_policy: Type.Optional({
      ...orNull(limitPolicy),
      description: `${POLICY_MEANING}. null keeps the limit as it is, as one that was set`,
    }),
    status: Type.Optional(CustomerStatusSchema),
  },
  { additionalProperties: false, minProperties: 1, description: 'What is left out stays; null empties' },
);
export type CustomerPatch = Static<typeof CustomerPatchSchema>;

export const CustomerSchema = Type.Object(
  {
    id: UuidSchema,
    external_id: Type.String(),
    first_name: orNull(Type.String()),
    last_name: orNull(Type.String()),
    email: orNull(Type.String()),
    phone: orNull(Type.String()),
    age: orNull(Type.Integer()),
    monthly_income: orNull(MoneySchema),
    credit_limit: orNull(MoneySchema),
    limit_policy: limitPolicyOrNull,
    status: CustomerStatusSchema,
    version: Type.Integer({ description: 'As in the ETag' }),
    created_at: InstantSchema,
  },
  { additionalProperties: false },
);
export type CustomerJson = Static<typeof CustomerSchema>;

export const CustomerListQuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    customer_id: Type.Optional(UuidSchema),
    status: Type.Optional(CustomerStatusSchema),
    external_id: Type.Optional(ExternalIdSchema),
    text: Type.Optional(textSchema(SEARCH_LENGTH_MAX, 'Whole words of names, email, phone or external id')),
  },
  { additionalProperties: false },
);
export const CustomerPageSchema = pageOf(CustomerSchema);
