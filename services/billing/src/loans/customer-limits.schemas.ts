import {
  AmountSchema,
  CurrencySchema,
  DateSchema,
  InstantSchema,
  MoneySchema,
  PageQuerySchema,
  pageOf,
  UuidSchema,
} from '@tenor/contracts';
import { type Static, Type } from 'typebox';
import { limitPolicyOrNull, orNull } from '../customers/customers.schemas.ts';
import { AtQuerySchema } from './loans.schemas.ts';

const closed = { additionalProperties: false } as const;
const at = AtQuerySchema.properties;

export const BalanceQuerySchema = Type.Object({ ...at, currency: Type.Optional(CurrencySchema) }, closed);
const shortfall = {
  ...AmountSchema,
  description: 'Owed because credit was spent whose payment was then taken back; new credit covers it first',
};
export const BalanceSchema = Type.Object(
  {
    as_of: DateSchema,
    known_at: orNull(InstantSchema),
    limit: orNull(AmountSchema),
    exposure: AmountSchema,
    available: orNull(AmountSchema),
    outstanding: AmountSchema,
    credit: AmountSchema,
    shortfall,
    currency: CurrencySchema,
  },
  closed,
);
export type BalanceJson = Static<typeof BalanceSchema>;

export const LimitQuerySchema = BalanceQuerySchema;
export const LimitSchema = Type.Object(
  {
    customer_id: UuidSchema,
    limit: { ...orNull(AmountSchema), description: 'The present one, whatever as_of is' },
    limit_policy: limitPolicyOrNull,
    monthly_income: orNull(MoneySchema),
    exposure: { ...AmountSchema, description: 'What of the limit is taken: pending and active' },
    pending: { ...AmountSchema, description: 'Principal requested on pending and approved loans' },
    active: { ...AmountSchema, description: 'Unpaid principal of active loans' },
    available: { ...orNull(AmountSchema), description: 'Below zero where the limit was lowered since' },
    currency: CurrencySchema,
    as_of: DateSchema,
    known_at: orNull(InstantSchema),
  },
  closed,
);

export const CustomerBalancesQuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    ...at,
    customer_id: Type.Optional(UuidSchema),
    currency: Type.Optional({
      ...CurrencySchema,
      description: "Left out: of each customer that of the limit, else the loans' only one",
    }),
  },
  closed,
);
export const CustomerBalancePageSchema = pageOf(
  Type.Object(
    {
      customer_id: UuidSchema,
      external_id: Type.String(),
      as_of: orNull(DateSchema),
      known_at: orNull(InstantSchema),
      limit: orNull(AmountSchema),
      exposure: orNull(AmountSchema),
      available: orNull(AmountSchema),
      outstanding: orNull(AmountSchema),
      credit: orNull(AmountSchema),
      shortfall: orNull(shortfall),
      currency: {
        ...orNull(CurrencySchema),
        description:
          'null, as all amounts then are, where no currency was asked for and the customer has none, or several',
      },
    },
    closed,
  ),
);
