import { formatAmount } from '@tenor/money';
import type { Customer } from './customer.ts';
import type { PersonalData } from './personal-data.ts';

/** As the log of data changes takes it. */
interface Change {
  readonly entity: 'customer';
  readonly id: string;
  readonly action: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>>;
}

/** What the log of data changes compares of a customer. */
export interface LoggedCustomer {
  readonly customer: Pick<Customer, 'id' | 'status' | 'creditLimit' | 'limitPolicy'>;
  readonly personal: PersonalData;
}

/** The keyed hash of a text. */
type Hash = (text: string) => string;

/**
 * What was done to a customer. A personal field is there by its name with a keyed hash, which shows whether it changed
 * and whose a value was that somebody knows; the same value of two customers, or of two fields, has two hashes.
 */
export function customerChange(
  hash: Hash,
  action: 'registered' | 'changed',
  before: LoggedCustomer | null,
  after: LoggedCustomer,
): Change {
  const { id } = after.customer;
  return { entity: 'customer', id, action, before: before && fieldsOf(hash, before), after: fieldsOf(hash, after) };
}

function fieldsOf(hash: Hash, { customer, personal }: LoggedCustomer): Record<string, unknown> {
  const { id, status, creditLimit, limitPolicy } = customer;
  const hashed = (field: string, value: unknown): string | null =>
    value === null || value === undefined ? null : `hmac:${hash(JSON.stringify([id, field, value]))}`;
  return {
    status,
    credit_limit: creditLimit && {
      amount: formatAmount(creditLimit.minor, creditLimit.currency),
      currency: creditLimit.currency,
    },
    limit_policy: limitPolicy,
    external_id: hashed('external_id', personal.externalId),
    first_name: hashed('first_name', personal.firstName),
    last_name: hashed('last_name', personal.lastName),
    email: hashed('email', personal.email),
    phone: hashed('phone', personal.phone),
    age: hashed('age', personal.age),
    monthly_income: hashed('monthly_income', personal.monthlyIncome),
  };
}
