import type { Database, Owners } from '@tenor/service-kit';
import { noCustomer } from './loan-accounts/customer-account.ts';
import { noPayment } from './payments/payment.ts';
import { findPaymentKey } from './payments/payments.store.ts';

/** Whose the things are that payment's routes name. */
export function paymentOwners(database: Database): Required<Pick<Owners, 'customer' | 'payment'>> {
  return {
    customer: { of: async (id) => id, unknown: () => noCustomer },
    payment: { of: async (id) => (await findPaymentKey(database, id))?.customerId, unknown: () => noPayment },
  };
}
