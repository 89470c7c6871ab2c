import { externalId } from '@tenor/profile-kit';
import { Type } from 'typebox';

const LOAN_ID_LENGTH_MAX = 100;

/** How the body of a payment is read. */
export const paymentFields = { loan: externalId({ max: LOAN_ID_LENGTH_MAX }) };

export const NewPaymentSchema = Type.Object({ loan: Type.String({ description: 'The `loan_id` of the loan' }) });

export const PaymentSchema = Type.Object({
  id: Type.Integer(),
  loan: Type.String(),
  amount: Type.String({ description: 'What was left of the week that it pays' }),
  payment_date: Type.String({ format: 'date-time' }),
});
