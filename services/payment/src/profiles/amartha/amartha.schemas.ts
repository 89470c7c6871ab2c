import { decimal, envelopeOf, uuid } from '@tenor/profile-kit';
import { Type } from 'typebox';

/** The currency that this API never names. */
export const AMARTHA_CURRENCY = 'IDR';

/** How the body of a payment is read. */
export const paymentFields = {
  amount: decimal({ digits: 15, places: 2, min: '0.01' }),
  loan_id: uuid,
  schedule_id: uuid,
  customer_id: uuid,
};

const id = Type.String({ format: 'uuid' });
export const NewPaymentSchema = Type.Object({
  amount: Type.Number({ description: 'What is left of the instalment' }),
  loan_id: id,
  schedule_id: { ...id, description: "The loan's oldest unpaid instalment" },
  customer_id: id,
});

export const PaymentSchema = envelopeOf(
  Type.Object({
    payment_id: id,
    amount_paid: Type.Number(),
    payment_status: Type.String({ description: 'PAID' }),
    payment_date: Type.String({ format: 'date-time' }),
    payment_method: Type.String(),
    loan_id: id,
    schedule_id: id,
  }),
);
