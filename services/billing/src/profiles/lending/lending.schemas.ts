import { decimal, email, externalId, text } from '@tenor/profile-kit';
import { type Static, Type } from 'typebox';

export const LOAN_ID_LENGTH_MAX = 100;
const USERNAME_LENGTH_MAX = 150;
const PASSWORD_LENGTH_MAX = 256;
const EMAIL_LENGTH_MAX = 254;

/** How bodies are read. */
export const registrationFields = {
  username: text({ max: USERNAME_LENGTH_MAX }),
  password: text({ max: PASSWORD_LENGTH_MAX, trim: false }),
  email: email({ max: EMAIL_LENGTH_MAX }),
};
export const loginFields = { username: registrationFields.username, password: registrationFields.password };
export const loanFields = {
  loan_id: externalId({ max: LOAN_ID_LENGTH_MAX }),
  principal_amount: decimal({ digits: 15, places: 2, min: '0.01' }),
};

export const RegistrationSchema = Type.Object({
  username: Type.String(),
  password: Type.String(),
  email: Type.String({ format: 'email' }),
});
export const UserSchema = Type.Object({ id: Type.Integer(), username: Type.String(), email: Type.String() });
export const LoginSchema = Type.Object({ username: Type.String(), password: Type.String() });
export const TokenPairSchema = Type.Object({ access: Type.String(), refresh: Type.String() });

const amount = Type.String({ description: 'Decimal text' });

export const NewLoanSchema = Type.Object({
  loan_id: Type.String({ description: 'What its client calls it; no slash', maxLength: LOAN_ID_LENGTH_MAX }),
  principal_amount: amount,
});
export const LoanSchema = Type.Object({
  loan_id: Type.String(),
  principal_amount: amount,
  start_date: Type.String({ format: 'date' }),
  weekly_payment: amount,
  total_amount: amount,
});
export type LendingLoanJson = Static<typeof LoanSchema>;

export const LoanParamsSchema = Type.Object({ loan_id: Type.String() });

const WeekSchema = Type.Object({
  due_amount: Type.Number(),
  paid: Type.Boolean(),
  payment_date: Type.Union([Type.String({ format: 'date' }), Type.Null()], {
    description: 'Value date of the payment that completed it',
  }),
});
export const ScheduleSchema = Type.Object({
  loan_id: Type.String(),
  schedule: Type.Record(Type.String({ pattern: '^W[1-9][0-9]*$' }), WeekSchema),
});
export type ScheduleJson = Static<typeof ScheduleSchema>;
export const OutstandingSchema = Type.Object({ outstanding_balance: Type.Number() });
export const StatusSchema = Type.Object({
  is_delinquent: Type.Boolean(),
  last_updated: Type.String({ format: 'date-time', description: 'When something was last recorded of the loan' }),
});
