import { customerLimitChanged, customerRegistered, type Refusal } from '@tenor/contracts';
import { isRefusal, newId, subjectPublisher, type UnitOfWork } from '@tenor/service-kit';
import type { Customer } from './customer.ts';
import { checkPersonal, limitData, type RegisterCustomer, readLimit, registeredBefore } from './customers.commands.ts';
import { type CustomersStore, saveEventSequences } from './customers.store.ts';
import type { PersonalData } from './personal-data.ts';

interface Registration {
  readonly customer: Omit<Customer, 'createdAt'>;
  readonly personal: PersonalData;
}

/**
 * Registers customers, each of another external id, with few statements; the answers come in the order of the commands.
 * Each is refused as `registerCustomer` would refuse it, and for it nothing is written.
 */
export async function registerCustomers(
  uow: UnitOfWork,
  store: CustomersStore,
  commands: readonly RegisterCustomer[],
): Promise<({ customer_id: string } | Refusal)[]> {
  const drafts = commands.map((command) => draft(store, command));
  const good = drafts.flatMap((each) => (isRefusal(each) ? [] : [each]));
  const stored = await store.insertAll(uow, good);
  const sequences = new Map<string, bigint>();
  const outcomes = drafts.map((each) => {
    if (isRefusal(each)) return each;
    const { customer } = each;
    if (!stored.has(customer.id)) return registeredBefore;
    sequences.set(customer.id, announce(uow, customer));
    return { customer_id: customer.id };
  });
  saveEventSequences(uow, sequences);
  return outcomes;
}

function draft(store: CustomersStore, command: RegisterCustomer): Registration | Refusal {
  const personal = checkPersonal(command.personal);
  if (isRefusal(personal)) return personal;
  const creditLimit = readLimit(command.creditLimit);
  if (isRefusal(creditLimit)) return creditLimit;
  const externalRef = store.refOf(personal.externalId);
  return { customer: { id: newId(), externalRef, status: 'active', creditLimit, version: 1 }, personal };
}

/** Returns how many events the customer has published. */
function announce(uow: UnitOfWork, customer: Registration['customer']): bigint {
  const { id, externalRef, status, creditLimit } = customer;
  const publisher = subjectPublisher(uow, { subject: id, customerId: id, sequence: 0n });
  publisher.publish(customerRegistered, { customer_id: id, external_ref: externalRef, status });
  if (creditLimit !== null) publisher.publish(customerLimitChanged, limitData(customer));
  return publisher.sequence;
}
