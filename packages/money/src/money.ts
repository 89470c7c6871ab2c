import { isCurrency } from './currency.ts';

/** An amount in minor units (cents, sen, fils) of an ISO 4217 currency. */
export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

/** Arithmetic between two currencies: a bug in the caller, since nothing here converts. */
export class CurrencyMismatchError extends Error {
  override readonly name = 'CurrencyMismatchError';

  constructor(one: string, other: string) {
    super(`cannot combine ${one} with ${other}`);
  }
}

/** Throws RangeError for an unknown currency. */
export function money(minor: bigint, currency: string): Money {
  if (!isCurrency(currency)) throw new RangeError(`${currency} is not a currency of ISO 4217`);
  return { minor, currency };
}

export function add(a: Money, b: Money): Money {
  return { minor: a.minor + b.minor, currency: common(a, b) };
}

export function subtract(a: Money, b: Money): Money {
  return { minor: a.minor - b.minor, currency: common(a, b) };
}

export function negate(a: Money): Money {
  return { minor: -a.minor, currency: a.currency };
}

/** Negative when `a` is less than `b`, 0 when equal, positive when more. */
export function compare(a: Money, b: Money): -1 | 0 | 1 {
  common(a, b);
  if (a.minor === b.minor) return 0;
  return a.minor < b.minor ? -1 : 1;
}

/** The sum of a list that may be empty, hence the currency beside it. */
export function sum(currency: string, list: readonly Money[]): Money {
  return list.reduce(add, money(0n, currency));
}

export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** Without its sign. */
export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function common(a: Money, b: Money): string {
  if (a.currency !== b.currency) throw new CurrencyMismatchError(a.currency, b.currency);
  return a.currency;
}
