import { InstantSchema, UuidSchema } from '@tenor/contracts';
import { type Static, Type } from 'typebox';
import { orNull } from '../customers/customers.schemas.ts';

const text = orNull(Type.String());

export const KycSchema = Type.Object(
  {
    customer_id: UuidSchema,
    customer_number: Type.String({ description: "The customer's external_id" }),
    first_name: text,
    middle_name: text,
    last_name: text,
    date_of_birth: text,
    gender: text,
    email: text,
    mobile: text,
    id_type: text,
    id_number: text,
    monthly_income: { ...text, description: 'As core banking writes it, without a currency' },
    status: text,
    checked_at: InstantSchema,
  },
  { additionalProperties: false, description: 'What core banking knows of the customer, in its own words' },
);
export type KycJson = Static<typeof KycSchema>;
