import { decimal, externalId, listOf, optional, profilePageOf, record } from '@tenor/profile-kit';
import { type TSchema, Type } from 'typebox';

const EXTERNAL_ID_LENGTH_MAX = 60;
const DETAILS_MAX = 100;

/** How a body that makes a payment is read; `customer` also by the names that answers have for it. */
export const paymentFields = {
  external_id: externalId({ max: EXTERNAL_ID_LENGTH_MAX }),
  customer: externalId({ max: EXTERNAL_ID_LENGTH_MAX }),
  total_amount: decimal({ digits: 12, places: 2, min: '0.01' }),
  payment_details: optional(
    listOf(
      record({
        loan: externalId({ max: EXTERNAL_ID_LENGTH_MAX }),
        amount: decimal({ digits: 20, places: 10, min: '0.01' }),
      }),
      DETAILS_MAX,
    ),
    [],
  ),
};

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const amount = Type.String({ description: 'Decimal text' });

export const NewPaymentSchema = Type.Object({
  external_id: Type.String({ maxLength: EXTERNAL_ID_LENGTH_MAX }),
  customer: Type.String({ description: "The customer's external id, or its whole number" }),
  total_amount: amount,
  payment_details: Type.Optional(
    Type.Array(
      Type.Object({ loan: Type.String({ description: "The loan's external id, or its whole number" }), amount }),
      { maxItems: DETAILS_MAX, description: 'Without them the loan that was taken first is paid first' },
    ),
  ),
});
export const PaymentSchema = Type.Object({
  id: Type.Integer(),
  external_id: orNull(Type.String()),
  customer_external_id: orNull(Type.String()),
  paid_at: Type.String(),
  status: Type.Integer({ description: '1 completed, 2 rejected' }),
  total_amount: amount,
  payment_details: Type.Array(Type.Object({ loan_external_id: orNull(Type.String()), payment_amount: amount }), {
    description: 'What each loan took',
  }),
});
export const PaymentsSchema = profilePageOf(PaymentSchema);
export const CustomerParamsSchema = Type.Object({ customer_id: Type.String() });
