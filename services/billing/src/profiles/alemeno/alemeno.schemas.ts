import { decimal, flag, integer, optional, text } from '@tenor/profile-kit';
import { type Static, type TSchema, Type } from 'typebox';

const NAME_LENGTH_MAX = 100;
const AGE_MAX = 150;
/** So much, times 36, is still an amount. */
const INCOME_MAX = 1_000_000_000_000;
/** Three digits are the shortest phone number that is taken, and fifteen the longest that there is. */
const PHONE = { min: 100, max: 999_999_999_999_999 };
const TENURE_MONTHS_MAX = 1_200;

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** How a body of `register` is read. */
export const registerFields = {
  first_name: text({ max: NAME_LENGTH_MAX }),
  last_name: text({ max: NAME_LENGTH_MAX }),
  age: integer({ min: 0, max: AGE_MAX }),
  monthly_income: integer({ min: 0, max: INCOME_MAX }),
  phone_number: integer(PHONE),
};

/** How a body of `check-eligibility` and `create-loan` is read. */
export const applicationFields = {
  customer_id: integer({ min: 1 }),
  loan_amount: decimal({ digits: 14, places: 2, min: '0.01' }),
  interest_rate: decimal({ digits: 7, places: 4, min: '0' }),
  tenure: integer({ min: 1, max: TENURE_MONTHS_MAX }),
};

/** How the query of `view-loans` is read. */
export const currentFields = { all: optional(flag, false) };

export const RegisterSchema = Type.Object({
  first_name: Type.String({ maxLength: NAME_LENGTH_MAX }),
  last_name: Type.String({ maxLength: NAME_LENGTH_MAX }),
  age: Type.Integer({ maximum: AGE_MAX }),
  monthly_income: Type.Integer({ maximum: INCOME_MAX }),
  phone_number: Type.Integer({ minimum: PHONE.min, maximum: PHONE.max }),
});
export const RegisteredSchema = Type.Object({
  customer_id: Type.Integer(),
  name: Type.String(),
  age: Type.Integer(),
  monthly_income: Type.Number(),
  approved_limit: Type.Number({ description: '36 monthly incomes, to the nearest 100,000' }),
  phone_number: Type.Integer(),
});

export const ApplicationSchema = Type.Object({
  customer_id: Type.Integer(),
  loan_amount: Type.Number(),
  interest_rate: Type.Number({ description: 'Per cent per year' }),
  tenure: Type.Integer({ description: 'Months' }),
});
export const EligibilitySchema = Type.Object({
  customer_id: Type.Integer(),
  approval: Type.Boolean(),
  interest_rate: Type.Number(),
  corrected_interest_rate: Type.Number({ description: 'The lowest that the score allows, or the rate asked for' }),
  tenure: Type.Integer(),
  monthly_installment: { ...orNull(Type.Number()), description: 'At the corrected rate; null when not approved' },
  credit_score: Type.Integer({ description: 'From 0 to 100' }),
  message: Type.String(),
  emi_headroom: {
    ...orNull(Type.Number()),
    description: 'What half the salary leaves with the new instalment; null when not approved',
  },
});
export const CreatedLoanSchema = Type.Object({
  loan_id: orNull(Type.Integer()),
  customer_id: Type.Integer(),
  loan_approved: Type.Boolean(),
  message: Type.String(),
  monthly_installment: orNull(Type.Number()),
});

const loan = {
  loan_id: Type.Integer(),
  loan_amount: Type.Number(),
  interest_rate: orNull(Type.Number()),
  monthly_installment: Type.Number(),
};
export const LoanSchema = Type.Object({
  ...loan,
  customer: Type.Object({
    id: Type.Integer(),
    first_name: orNull(Type.String()),
    last_name: orNull(Type.String()),
    phone_number: orNull(Type.Union([Type.Integer(), Type.String()])),
    age: orNull(Type.Integer()),
  }),
  tenure: Type.Integer(),
});
export type LoanJson = Static<typeof LoanSchema>;
export const ListedLoansSchema = Type.Array(
  Type.Object({ ...loan, repayments_left: Type.Integer({ description: 'Instalments that are not paid' }) }),
);
export const SharedNumberSchema = Type.Object({
  detail: Type.String(),
  customers: Type.Array(Type.Integer(), { description: 'One of them goes into `?customer_id=`' }),
});
export const LoanQuerySchema = Type.Object({ customer_id: Type.Optional(Type.Integer()) });
export const LoansQuerySchema = Type.Object({
  all: Type.Optional(Type.Boolean({ description: 'Loans that have ended, too' })),
});
export const LoanParamsSchema = Type.Object({ loan_id: Type.Integer() });
export const CustomerParamsSchema = Type.Object({ customer_id: Type.Integer() });
