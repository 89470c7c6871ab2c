import { formatAmount } from '@tenor/money';
import { numbersOf, wholeNumber, withNumber } from '@tenor/profile-kit';
import type { Sql } from '@tenor/service-kit';
import type { CustomersStore, FullCustomer } from '../../customers/customers.store.ts';
import type { CustomerJson } from './mo.schemas.ts';
import { moCustomers, preapprovalsOf } from './mo-records.store.ts';
import { customerStatuses, MO_CURRENCY } from './mo-statuses.ts';

/** The customer that is called so: by the external id, else by the whole number. */
export async function findMoCustomer(sql: Sql, store: CustomersStore, said: string): Promise<FullCustomer | undefined> {
  const [named] = await store.page(sql, { externalId: said, limit: 1 });
  if (named !== undefined) return named;
  const number = wholeNumber(said);
  const [numbered] = number === undefined ? [] : await withNumber(sql, moCustomers, number);
  return numbered && store.find(sql, numbered.id);
}

/** Customers as this API shows them, in their order. */
export async function showMoCustomers(sql: Sql, customers: readonly FullCustomer[]): Promise<CustomerJson[]> {
  const ids = customers.map(({ customer }) => customer.id);
  const [numbers, preapprovals] = await Promise.all([numbersOf(sql, moCustomers, ids), preapprovalsOf(sql, ids)]);
  return customers.map(({ customer, personal }) => ({
    id: numbers.get(customer.id) ?? 0,
    external_id: personal.externalId,
    status: customerStatuses[customer.status],
    score: scoreOf(customer),
    preapproved_at: preapprovals.get(customer.id) ?? customer.createdAt,
  }));
}

/** The limit, where it is in this API's currency. */
function scoreOf({ creditLimit }: FullCustomer['customer']): string | null {
  return creditLimit?.currency === MO_CURRENCY ? formatAmount(creditLimit.minor, MO_CURRENCY) : null;
}
