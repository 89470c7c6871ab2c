import type { ExpectedVersion, Refusal } from '@tenor/contracts';
import type { Money } from '@tenor/money';
import { type LimitPolicy, limitOf } from './limit-policy.ts';
import { invalid } from './money-input.ts';

export type CustomerStatus = 'active' | 'inactive';

/** What billing decides by; nothing personal. */
export interface Customer {
  readonly id: string;
  readonly externalRef: string;
  readonly status: CustomerStatus;
  readonly creditLimit: Money | null;
  /** By which the limit follows from the income; null: it was set. */
  readonly limitPolicy: LimitPolicy | null;
  readonly version: number;
  readonly createdAt: string;
}

/** What a PATCH asks for; a member left out stays as it is. */
export interface CustomerChanges {
  readonly status?: CustomerStatus;
  /** Ends the policy. */
  readonly creditLimit?: Money | null;
  /** Null leaves the limit as it is, as a set one. */
  readonly limitPolicy?: LimitPolicy | null;
  /** As it is after the change; personal, so the customer does not hold it. */
  readonly monthlyIncome: Money | null;
}

/** A limit, and how it came about. */
export type CustomerLimit = Pick<Customer, 'creditLimit' | 'limitPolicy'>;

export interface CustomerDecision {
  readonly customer: Customer;
  readonly statusChanged: boolean;
  readonly limitChanged: boolean;
}

/**
 * The customer after `changes`, one version later. A limit below what is already lent is allowed: it only stops
 * new loans. Refuses `version_conflict` when the caller edited another version, then what `limitBy` refuses.
 */
export function changeCustomer(
  customer: Customer,
  changes: CustomerChanges,
  expected: ExpectedVersion,
): CustomerDecision | Refusal {
  if (typeof expected === 'number' && expected !== customer.version) {
    return {
      refused: 'version_conflict',
      detail: `The customer is at version ${customer.version}, not ${expected}; read it again.`,
    };
  }
  const limit = limitAfter(customer, changes);
  if ('refused' in limit) return limit;
  const status = changes.status ?? customer.status;
  return {
    customer: { ...customer, status, ...limit, version: customer.version + 1 },
    statusChanged: status !== customer.status,
    limitChanged: !sameMoney(limit.creditLimit, customer.creditLimit),
  };
}

/**
 * The limit that the policy computes from the income, or the one that was set. Refuses `validation_failed` for both at
 * once, a policy without an income, and a limit that is too large.
 */
export function limitBy(policy: LimitPolicy | null, set: Money | null, income: Money | null): CustomerLimit | Refusal {
  if (policy === null) return { creditLimit: set, limitPolicy: null };
  if (set !== null) return invalid('/credit_limit', 'alone', 'is computed where a limit_policy is given');
  if (income === null) return invalid('/monthly_income', 'required', `is what ${policy} computes the limit from`);
  const creditLimit = limitOf(income, policy);
  if (creditLimit === undefined) return invalid('/monthly_income', 'too_large', `makes ${policy} a limit too large`);
  return { creditLimit, limitPolicy: policy };
}

function limitAfter(
  customer: Customer,
  { creditLimit, limitPolicy, monthlyIncome }: CustomerChanges,
): CustomerLimit | Refusal {
  if (creditLimit !== undefined) return limitBy(limitPolicy ?? null, creditLimit, monthlyIncome);
  const policy = limitPolicy === undefined ? customer.limitPolicy : limitPolicy;
  return limitBy(policy, policy === null ? customer.creditLimit : null, monthlyIncome);
}

function sameMoney(one: Money | null, other: Money | null): boolean {
  return one?.minor === other?.minor && one?.currency === other?.currency;
}
