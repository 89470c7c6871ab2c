import { numbersOf, wholeNumber, withNumber } from '@tenor/profile-kit';
import type { Sql } from '@tenor/service-kit';
import type { CustomersStore, FullCustomer } from '../../customers/customers.store.ts';
import type { CustomerJson } from './kopa.schemas.ts';
import { kopaCustomers } from './kopa-records.store.ts';
import { joinName } from './kopa-words.ts';

/** The customer whom the bank calls so. */
export async function findByCustomerNumber(
  sql: Sql,
  store: CustomersStore,
  customerNumber: string,
): Promise<FullCustomer | undefined> {
  const [found] = await store.page(sql, { externalId: customerNumber, limit: 1 });
  return found;
}

/** The active customer with the whole number that a path says. */
export async function findCustomerNumbered(
  sql: Sql,
  store: CustomersStore,
  said: string,
): Promise<FullCustomer | undefined> {
  const number = wholeNumber(said);
  const [numbered] = number === undefined ? [] : await withNumber(sql, kopaCustomers, number);
  const found = numbered && (await store.find(sql, numbered.id));
  return found?.customer.status === 'active' ? found : undefined;
}

/** Customers as this API shows them, in their order. */
export async function showCustomers(sql: Sql, customers: readonly FullCustomer[]): Promise<CustomerJson[]> {
  const numbers = await numbersOf(
    sql,
    kopaCustomers,
    customers.map(({ customer }) => customer.id),
  );
  return customers.map(({ customer, personal }) => ({
    id: numbers.get(customer.id) ?? 0,
    customer_number: personal.externalId,
    name: joinName(personal),
    address: personal.address ?? '',
    other_kyc_data: personal.otherKycData ?? '',
  }));
}
