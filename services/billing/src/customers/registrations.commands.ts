import { customerLimitChanged, customerRegistered, type Refusal } from '@tenor/contracts';
import { isRefusal, newId, subjectPublisher, type UnitOfWork } from '@tenor/service-kit';
import { type Customer, limitBy } from './customer.ts';
import { customerChange } from './customer-changes.ts';
import { checkPersonal, limitData, readLimit } from './customers.commands.ts';
import type { NewCustomer } from './customers.schemas.ts';
import { type CustomersStore, saveEventSequences } from './customers.store.ts';
import type { LimitPolicy } from './limit-policy.ts';
import type { MoneyInput } from './money-input.ts';
import { incomeOf, type PersonalData } from './personal-data.ts';

export interface RegisterCustomer {
  readonly personal: PersonalData;
  readonly creditLimit: MoneyInput | null;
  readonly limitPolicy: LimitPolicy | null;
}

export interface Registered {
  readonly customer_id: string;
  readonly created_at: string;
}

/** Of a body as its schema lets it through. */
export function registrationOf(body: NewCustomer): RegisterCustomer {
  return {
    personal: {
      externalId: body.external_id,
      firstName: body.first_name ?? null,
      lastName: body.last_name ?? null,
      email: body.email ?? null,
      phone: body.phone ?? null,
      age: body.age ?? null,
      monthlyIncome: body.monthly_income ?? null,
    },
    creditLimit: body.credit_limit ?? null,
    limitPolicy: body.limit_policy ?? null,
  };
}

/** Stores a new customer; refuses as `registerCustomers` does. */
export async function registerCustomer(
  uow: UnitOfWork,
  store: CustomersStore,
  command: RegisterCustomer,
): Promise<Registered | Refusal> {
  const [outcome] = await registerCustomers(uow, store, [command]);
  if (outcome === undefined) throw new Error('a customer was registered without an outcome');
  return outcome;
}

interface Registration {
  readonly customer: Omit<Customer, 'createdAt'>;
  readonly personal: PersonalData;
}

/**
 * Stores new customers, each of another external id, with few statements; the answers come in the order of the commands.
 * Each is refused for what is no amount, a missing name, what `limitBy` refuses, and `already_exists` for an external id
 * that is taken; nothing is written for it.
 */
export async function registerCustomers(
  uow: UnitOfWork,
  store: CustomersStore,
  commands: readonly RegisterCustomer[],
): Promise<(Registered | Refusal)[]> {
  const drafts = commands.map((command) => draft(store, command));
  const good = drafts.flatMap((each) => (isRefusal(each) ? [] : [each]));
  const stored = await store.insertAll(uow, good);
  const sequences = new Map<string, bigint>();
  const outcomes = drafts.map((each) => {
    if (isRefusal(each)) return each;
    const { customer } = each;
    const createdAt = stored.get(customer.id);
    if (createdAt === undefined) return registeredBefore;
    sequences.set(customer.id, announce(uow, customer));
    uow.recordChange(customerChange(store.hashOf, 'registered', null, each));
    return { customer_id: customer.id, created_at: createdAt };
  });
  saveEventSequences(uow, sequences);
  return outcomes;
}

function draft(store: CustomersStore, command: RegisterCustomer): Registration | Refusal {
  const personal = checkPersonal(command.personal);
  if (isRefusal(personal)) return personal;
  const set = readLimit(command.creditLimit);
  if (isRefusal(set)) return set;
  const limit = limitBy(command.limitPolicy, set, incomeOf(personal));
  if (isRefusal(limit)) return limit;
  const externalRef = store.refOf(personal.externalId);
  return { customer: { id: newId(), externalRef, status: 'active', ...limit, version: 1 }, personal };
}

/** Returns how many events the customer has published. */
function announce(uow: UnitOfWork, customer: Registration['customer']): bigint {
  const { id, externalRef, status, creditLimit } = customer;
  const publisher = subjectPublisher(uow, { subject: id, customerId: id, sequence: 0n });
  publisher.publish(customerRegistered, { customer_id: id, external_ref: externalRef, status });
  if (creditLimit !== null) publisher.publish(customerLimitChanged, limitData(customer));
  return publisher.sequence;
}

const registeredBefore: Refusal = {
  refused: 'already_exists',
  detail: 'A customer with this external_id exists already.',
};
