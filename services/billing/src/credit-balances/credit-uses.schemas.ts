import {
  DateSchema,
  InstantSchema,
  MoneySchema,
  PageQuerySchema,
  PositiveMoneySchema,
  pageOf,
  UuidSchema,
} from '@tenor/contracts';
import { type Static, Type } from 'typebox';

export const NewCreditUseSchema = Type.Object(
  { loan_id: { ...UuidSchema, description: 'A loan of this customer' }, amount: PositiveMoneySchema },
  { additionalProperties: false },
);

export const CreditUseSchema = Type.Object(
  {
    id: UuidSchema,
    customer_id: UuidSchema,
    loan_id: UuidSchema,
    amount: MoneySchema,
    value_date: DateSchema,
    recorded_at: InstantSchema,
  },
  { additionalProperties: false },
);
export type CreditUseJson = Static<typeof CreditUseSchema>;

export const CreditUsesQuerySchema = Type.Object({ ...PageQuerySchema.properties }, { additionalProperties: false });
export const CreditUsePageSchema = pageOf(CreditUseSchema);
