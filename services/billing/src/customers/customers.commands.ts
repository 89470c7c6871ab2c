import { customerChanged, customerLimitChanged, type ExpectedVersion, type Refusal } from '@tenor/contracts';
import { formatAmount, type Money } from '@tenor/money';
import { isRefusal, subjectPublisher, type UnitOfWork } from '@tenor/service-kit';
import { type Customer, changeCustomer } from './customer.ts';
import { customerChange } from './customer-changes.ts';
import { type CustomersStore, lockCustomers, saveEventSequences } from './customers.store.ts';
import type { LimitPolicy } from './limit-policy.ts';
import { invalid, type MoneyInput, readMoney } from './money-input.ts';
import { incomeOf, type PersonalData } from './personal-data.ts';

export interface ChangeCustomer {
  readonly id: string;
  readonly expected: ExpectedVersion;
  readonly status?: Customer['status'] | undefined;
  readonly creditLimit?: MoneyInput | null | undefined;
  readonly limitPolicy?: LimitPolicy | null | undefined;
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
    ...(command.limitPolicy === undefined ? {} : { limitPolicy: command.limitPolicy }),
    monthlyIncome: incomeOf(personal),
  };
  const decision = changeCustomer(stored.customer, changes, command.expected);
  if (isRefusal(decision)) return decision;
  const { customer } = decision;
  await store.update(uow, customer, personal);
  uow.recordChange(customerChange(store.hashOf, 'changed', stored, { customer, personal }));
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
