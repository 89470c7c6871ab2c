import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleCustomer } from '../event-examples.ts';
import { amount, currency, customerId, orNull } from '../event-fields.ts';

export const customerLimitChanged = defineEvent({
  type: 'customer.limit_changed',
  topic: 'customers',
  subject: 'customer',
  title: 'A credit limit was changed',
  description: 'The customer has another credit limit, or none any more.',
  data: Type.Object({
    customer_id: customerId,
    limit: orNull(amount('The limit'), 'The new limit; null for none'),
    currency: orNull(currency, 'Its currency; null without a limit'),
  }),
  example: { customer_id: exampleCustomer, limit: '900000.00', currency: 'IDR' },
});
export type CustomerLimitChanged = Static<typeof customerLimitChanged.data>;
