import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleCustomer } from '../event-examples.ts';
import { customerId, oneOf } from '../event-fields.ts';

export const customerChanged = defineEvent({
  type: 'customer.changed',
  topic: 'customers',
  subject: 'customer',
  title: 'A customer was changed',
  description: 'Something about the customer was changed; only what is not personal is told.',
  data: Type.Object({
    customer_id: customerId,
    status: oneOf(['active', 'inactive'], 'Whether new loans and payments are taken'),
  }),
  example: { customer_id: exampleCustomer, status: 'inactive' },
});
export type CustomerChanged = Static<typeof customerChanged.data>;
