import type { ExpectedVersion, Refusal } from '@tenor/contracts';
import type { Money } from '@tenor/money';

export type CustomerStatus = 'active' | 'inactive';

/** What billing decides by; nothing personal. */
export interface Customer {
  readonly id: string;
  readonly externalRef: string;
  readonly status: CustomerStatus;
  readonly creditLimit: Money | null;
  readonly version: number;
  readonly createdAt: string;
}

/** What a PATCH asks for; a member left out stays as it is. */
export interface CustomerChanges {
  readonly status?: CustomerStatus;
  readonly creditLimit?: Money | null;
}

export interface CustomerDecision {
  readonly customer: Customer;
  readonly statusChanged: boolean;
  readonly limitChanged: boolean;
}

/**
 * The customer after `changes`, one version later. A limit below what is already lent is allowed: it only stops
 * new loans. Refuses `version_conflict` when the caller edited another version.
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
  const status = changes.status ?? customer.status;
  const creditLimit = changes.creditLimit === undefined ? customer.creditLimit : changes.creditLimit;
  return {
    customer: { ...customer, status, creditLimit, version: customer.version + 1 },
    statusChanged: status !== customer.status,
    limitChanged: !sameLimit(creditLimit, customer.creditLimit),
  };
}

function sameLimit(one: Money | null, other: Money | null): boolean {
  return one?.minor === other?.minor && one?.currency === other?.currency;
}
