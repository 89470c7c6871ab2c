import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleCustomer, exampleRef } from '../event-examples.ts';
import { customerId, externalRef, oneOf } from '../event-fields.ts';

export const customerRegistered = defineEvent({
  type: 'customer.registered',
  topic: 'customers',
  subject: 'customer',
  title: 'A customer was registered',
  description: 'The customer exists. Names and contacts stay in billing.',
  data: Type.Object({
    customer_id: customerId,
    external_ref: externalRef,
    status: oneOf(['active', 'inactive'], 'Whether new loans and payments are taken'),
  }),
  example: { customer_id: exampleCustomer, external_ref: exampleRef, status: 'active' },
});
export type CustomerRegistered = Static<typeof customerRegistered.data>;
