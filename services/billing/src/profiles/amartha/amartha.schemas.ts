import { decimal, envelopeOf, integer, optional, uuid } from '@tenor/profile-kit';
import { type Static, Type } from 'typebox';

export const SAMPLE_CUSTOMERS_MAX = 100;
export const CUSTOMERS_MAX = 200;

/** How bodies and queries are read. */
export const sampleFields = { total_customer: integer({ min: 1, max: SAMPLE_CUSTOMERS_MAX }) };
export const loanFields = { customer_id: uuid, loan_amount: decimal({ digits: 15, places: 2, min: '0.01' }) };
export const scheduleFields = { loan_id: uuid, customer_id: uuid };
export const listFields = {
  limit: optional(integer({ min: 1, max: CUSTOMERS_MAX }), CUSTOMERS_MAX),
  before: optional(uuid, undefined),
};

const id = Type.String({ format: 'uuid' });
const orNull = Type.Union([Type.String(), Type.Null()]);

export const SampleSchema = Type.Object({
  total_customer: Type.Integer({ minimum: 1, maximum: SAMPLE_CUSTOMERS_MAX, description: 'How many to make' }),
});
const CustomerSchema = Type.Object({
  customer_id: id,
  first_name: orNull,
  last_name: orNull,
  email: orNull,
  phone_number: orNull,
});
export type CustomerJson = Static<typeof CustomerSchema>;
export const CustomersSchema = envelopeOf(Type.Array(CustomerSchema));
export const ListQuerySchema = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: CUSTOMERS_MAX })),
  before: Type.Optional({ ...id, description: 'The last customer of the page before; newest first' }),
});
export const CustomerParamsSchema = Type.Object({ id });
export const DelinquentSchema = envelopeOf(Type.Object({ is_delinquent: Type.Boolean() }));
export const OutstandingSchema = envelopeOf(Type.Object({ outstanding_balance: Type.Number() }));

export const NewLoanSchema = Type.Object({ customer_id: id, loan_amount: Type.Number({ description: 'Principal' }) });
const ScheduleSchema = Type.Object({
  schedule_id: id,
  loan_id: id,
  payment_no: Type.Integer(),
  payment_due_date: Type.String({ format: 'date-time', description: 'Midnight of the due date' }),
  payment_amount: Type.Number(),
  payment_status: Type.String({ description: 'PENDING or PAID' }),
  is_miss_payment: Type.Boolean(),
});
export type ScheduleJson = Static<typeof ScheduleSchema>;
export const SchedulesSchema = envelopeOf(Type.Array(ScheduleSchema));
export const LoanSchema = envelopeOf(
  Type.Object({
    loan_id: id,
    customer_id: id,
    loan_amount: Type.Number({ description: 'All that is to be paid' }),
    schedules: Type.Array(ScheduleSchema),
  }),
);
export const ScheduleQuerySchema = Type.Object({ loan_id: id, customer_id: id });
