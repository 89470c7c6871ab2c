import type { AnyEvent, Event, Refusal } from '@tenor/contracts';
import { minorUnits } from './minor-units.ts';

/** What payment knows of a customer. */
export interface CustomerAccount {
  id: string;
  /** HMAC of what clients call the customer, null until billing says it. */
  externalRef: string | null;
  status: 'active' | 'inactive';
  /** By currency, what the customer owes since credit was spent whose payment was then taken back; minor units, above zero. */
  shortfalls: ReadonlyMap<string, bigint>;
  /** The sequence of the last event of this customer that was taken in. */
  lastSequence: bigint;
}

/** For a customer that billing has not told of. */
export const noCustomer: Refusal = { refused: 'not_found', detail: 'There is no such customer.' };

/** Any event whose subject is a customer. */
export type CustomerEvent = Extract<AnyEvent, { type: `customer.${string}` }>;

/** The customer after an event; the very same account for one that it has passed already. */
export function evolveCustomer(account: CustomerAccount, event: CustomerEvent): CustomerAccount {
  const lastSequence = BigInt(event.sequence);
  if (lastSequence <= account.lastSequence) return account;
  switch (event.type) {
    case 'customer.registered':
      return { ...account, externalRef: event.data.external_ref, status: event.data.status, lastSequence };
    case 'customer.changed':
      return { ...account, status: event.data.status, lastSequence };
    case 'customer.credited':
    case 'customer.credit_reclaimed':
      return { ...account, shortfalls: shortfallsAfter(account, event.data), lastSequence };
    default:
      return { ...account, lastSequence };
  }
}

/** Each change of the balance tells the whole of it. */
function shortfallsAfter(
  { shortfalls }: CustomerAccount,
  { currency, shortfall = '0' }: Event<'customer.credited' | 'customer.credit_reclaimed'>['data'],
): ReadonlyMap<string, bigint> {
  const after = new Map(shortfalls);
  const minor = minorUnits(shortfall, currency);
  if (minor > 0n) after.set(currency, minor);
  else after.delete(currency);
  return after;
}

/**
 * The customer as a loan's snapshot shows it: reference and status while no event of the customer's own has come, and
 * shortfalls where it is no older than the last of them; else the very same account. The sequence stays: those events
 * come on another topic, and each may still answer for a payment.
 */
export function showCustomer(account: CustomerAccount, { customer }: Event<'loan.snapshot'>['data']): CustomerAccount {
  if (BigInt(customer.sequence) < account.lastSequence) return account;
  const shortfalls = new Map(
    customer.shortfalls?.map(({ currency, amount }) => [currency, minorUnits(amount, currency)] as const),
  );
  const isTold = customer.shortfalls !== undefined && !isSame(shortfalls, account.shortfalls);
  const shown = isTold ? { ...account, shortfalls } : account;
  if (account.lastSequence > 0n) return shown;
  return { ...shown, externalRef: customer.external_ref, status: customer.status };
}

function isSame(one: ReadonlyMap<string, bigint>, other: ReadonlyMap<string, bigint>): boolean {
  return one.size === other.size && [...one].every(([currency, minor]) => other.get(currency) === minor);
}

export function isCustomerEvent(event: AnyEvent): event is CustomerEvent {
  return event.type.startsWith('customer.');
}
