import {
  customerChanged,
  customerLimitChanged,
  customerRegistered,
  type ExpectedVersion,
  type Refusal,
} from '@tenor/contracts';
import { formatAmount, type Money } from '@tenor/money';
import { isRefusal, newId, subjectPublisher, type UnitOfWork } from '@tenor/service-kit';
import { type Customer, changeCustomer } from './customer.ts';
import type { NewCustomer } from './customers.schemas.ts';
import { type CustomersStore, lockCustomers, saveEventSequences } from './customers.store.ts';
import { invalid, type MoneyInput, readMoney } from './money-input.ts';
import type { PersonalData } from './personal-data.ts';

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
  };
}

export interface RegisterCustomer {
  readonly personal: PersonalData;
  readonly creditLimit: MoneyInput | null;
}

/** Stores a new customer. Refuses what is no amount, a missing name, and `already_exists` for a known external id. */
export async function registerCustomer(
  uow: UnitOfWork,
  store: CustomersStore,
  command: RegisterCustomer,
): Promise<{ customer_id: string; created_at: string } | Refusal> {
  const personal = checkPersonal(command.personal);
  if (isRefusal(personal)) return personal;
  const creditLimit = readLimit(command.creditLimit);
  if (isRefusal(creditLimit)) return creditLimit;
  const id = newId();
  const externalRef = store.refOf(personal.externalId);
  const customer = { id, externalRef, status: 'active', creditLimit, version: 1 } as const;
  const createdAt = await store.insert(uow, customer, personal);
  if (createdAt === undefined) return registeredBefore;
  const publisher = subjectPublisher(uow, { subject: id, customerId: id, sequence: 0n });
  publisher.publish(customerRegistered, { customer_id: id, external_ref: externalRef, status: 'active' });
  if (creditLimit !== null) publisher.publish(customerLimitChanged, limitData(customer));
  saveEventSequences(uow, new Map([[id, publisher.sequence]]));
  return { customer_id: id, created_at: createdAt };
}

export const registeredBefore: Refusal = {
  refused: 'already_exists',
  detail: 'A customer with this external_id exists already.',
};

export interface ChangeCustomer {
  readonly id: string;
  readonly expected: ExpectedVersion;
  readonly status?: Customer['status'] | undefined;
  readonly creditLimit?: MoneyInput | null | undefined;
  readonly personal: Partial<Omit<PersonalData, 'externalId'>>;
}

/** Changes what the command names, under the customer's lock; the version grows by one. */
export async function changeCustomerRecord(
  uow: UnitOfWork,
  store: CustomersStore,
  command: ChangeCustomer,
): Promise<{ customer_id: string; version: number } | Refusal> {
  const locked = (await lockCustomers(uow, [command.id])).get(command.id);
  const stored = await store.find(uow, command.id);
  if (locked === undefined || stored === undefined) return noCustomer(command.id);
  const creditLimit = command.creditLimit === undefined ? undefined : readLimit(command.creditLimit);
  if (isRefusal(creditLimit)) return creditLimit;
  const personal = checkPersonal({ ...stored.personal, ...command.personal });
  if (isRefusal(personal)) return personal;
  const changes = {
    ...(command.status === undefined ? {} : { status: command.status }),
    ...(creditLimit === undefined ? {} : { creditLimit }),
  };
  const decision = changeCustomer(stored.customer, changes, command.expected);
  if (isRefusal(decision)) return decision;
  const { customer } = decision;
  await store.update(uow, customer, personal);
  const publisher = subjectPublisher(uow, {
    subject: customer.id,
    customerId: customer.id,
    sequence: locked.eventSequence,
  });
  if (decision.statusChanged) {
    publisher.publish(customerChanged, { customer_id: customer.id, status: customer.status });
  }
  if (decision.limitChanged) publisher.publish(customerLimitChanged, limitData(customer));
  saveEventSequences(uow, new Map([[customer.id, publisher.sequence]]));
  return { customer_id: customer.id, version: customer.version };
}

export const noCustomer = (id: string): Refusal => ({ refused: 'not_found', detail: `There is no customer ${id}.` });

export function limitData({ id, creditLimit }: Pick<Customer, 'id' | 'creditLimit'>) {
  return {
    customer_id: id,
    limit: creditLimit && formatAmount(creditLimit.minor, creditLimit.currency),
    currency: creditLimit?.currency ?? null,
  };
}

export function readLimit(limit: MoneyInput | null): Money | null | Refusal {
  return limit === null ? null : readMoney(limit, '/credit_limit', 'allowed');
}

/** The same data with the income in its currency's digits; refuses a nameless customer and what is no amount. */
export function checkPersonal(personal: PersonalData): PersonalData | Refusal {
  if (personal.firstName === null && personal.lastName === null) {
    return invalid('/first_name', 'required', 'or last_name is required');
  }
  if (personal.monthlyIncome === null) return personal;
  const income = readMoney(personal.monthlyIncome, '/monthly_income', 'allowed');
  if (isRefusal(income)) return income;
  const { minor, currency } = income;
  return { ...personal, monthlyIncome: { amount: formatAmount(minor, currency), currency } };
}
