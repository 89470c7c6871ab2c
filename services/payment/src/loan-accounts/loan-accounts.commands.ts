import type { Delivery, UnitOfWork } from '@tenor/service-kit';
import { evolveCustomer, isCustomerEvent, showCustomer } from './customer-account.ts';
import { saveCustomerAccounts, takeCustomers } from './customers.store.ts';
import { evolve, isLoanEvent } from './loan-account.ts';
import { loadLoanAccounts, saveLoanAccounts } from './loan-accounts.store.ts';

/**
 * Projects a set of billing's events: one lock over all their customers, one load, evolved in memory, one save.
 * Returns the deliveries that were new; those whose sequence the projection has passed change nothing.
 */
export async function projectBilling(uow: UnitOfWork, deliveries: readonly Delivery[]): Promise<Delivery[]> {
  const [customers, loans] = await Promise.all([
    takeCustomers(uow, [...new Set(deliveries.map(({ customerId }) => customerId))].sort()),
    loadLoanAccounts(uow, loansOf(deliveries)),
  ]);
  const loaded = new Map(customers);
  const fresh = deliveries.filter(({ event, customerId }) => {
    const customer = customers.get(customerId);
    if (customer && event.type === 'loan.snapshot') customers.set(customerId, showCustomer(customer, event.data));
    if (isLoanEvent(event)) return replace(loans, event.subject, evolve(loans.get(event.subject), event));
    return isCustomerEvent(event) && customer && replace(customers, customerId, evolveCustomer(customer, event));
  });
  const changed = new Set(fresh.map(({ event }) => event.subject));
  saveCustomerAccounts(
    uow,
    [...customers.values()].filter((customer) => loaded.get(customer.id) !== customer),
  );
  saveLoanAccounts(
    uow,
    [...loans.values()].filter(({ loanId }) => changed.has(loanId)),
  );
  return fresh;
}

function loansOf(deliveries: readonly Delivery[]): { customerId: string; loanId: string }[] {
  const keys = deliveries.flatMap(({ event, customerId }) =>
    isLoanEvent(event) ? [[event.subject, { customerId, loanId: event.subject }] as const] : [],
  );
  return [...new Map(keys).values()];
}

/** Puts the new value in the old one's place; whether they differ. */
function replace<T>(values: Map<string, T>, key: string, next: T): boolean {
  const isNew = values.get(key) !== next;
  values.set(key, next);
  return isNew;
}
