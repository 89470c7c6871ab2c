import type { Refusal } from '@tenor/contracts';
import { isRefusal, refuse, type UnitOfWork } from '@tenor/service-kit';
import { changeCustomerRecord } from '../../customers/customers.commands.ts';
import { type CustomersStore, lockCustomers } from '../../customers/customers.store.ts';
import type { PersonalData } from '../../customers/personal-data.ts';
import { registerCustomer } from '../../customers/registrations.commands.ts';
import { hasOpenLoan } from '../../loans/loan-reads.store.ts';
import { findByCustomerNumber } from './kopa-customers.store.ts';
import { deletedVersion, keepDeletion } from './kopa-records.store.ts';

/** What a command did to a customer. */
interface Changed {
  readonly customer_id: string;
}

/** Registers a customer, or has one who was deleted back; refuses `already_exists`, and what registration refuses. */
export async function registerOrRestore(
  uow: UnitOfWork,
  store: CustomersStore,
  personal: PersonalData,
): Promise<Changed | Refusal> {
  const registered = await registerCustomer(uow, store, { personal, creditLimit: null, limitPolicy: null });
  if (!isRefusal(registered)) return { customer_id: registered.customer_id };
  if (registered.refused !== 'already_exists') return registered;
  const found = await findByCustomerNumber(uow, store, personal.externalId);
  if (found === undefined) return registered;
  const { id } = found.customer;
  const locked = (await lockCustomers(uow, [id])).get(id);
  if (locked?.status !== 'inactive' || locked.version !== (await deletedVersion(uow, id))) return registered;
  const { externalId: _, ...changed } = personal;
  const restored = await changeCustomerRecord(uow, store, { id, expected: 'any', status: 'active', personal: changed });
  return isRefusal(restored) ? restored : { customer_id: id };
}

/** Makes a customer inactive, who is shown no more; refuses `state_conflict` while a loan is open. */
export async function deleteCustomer(uow: UnitOfWork, store: CustomersStore, id: string): Promise<Changed | Refusal> {
  await lockCustomers(uow, [id]);
  if (await hasOpenLoan(uow, id)) return refuse('state_conflict', 'The customer has an open loan.');
  const changed = await changeCustomerRecord(uow, store, { id, expected: 'any', status: 'inactive', personal: {} });
  if (isRefusal(changed)) return changed;
  keepDeletion(uow, id, changed.version);
  return { customer_id: id };
}
