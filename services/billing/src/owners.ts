import type { Database, Owners } from '@tenor/service-kit';
import { noCustomer } from './customers/customers.commands.ts';
import { findLoanKey } from './loans/loan-reads.store.ts';
import { noLoan } from './loans/loan-views.store.ts';

/** Whose the things are that billing's routes name. */
export function billingOwners(database: Database): Required<Pick<Owners, 'customer' | 'loan'>> {
  return {
    customer: { of: async (id) => id, unknown: noCustomer },
    loan: { of: async (id) => (await findLoanKey(database, id))?.customerId, unknown: noLoan },
  };
}
