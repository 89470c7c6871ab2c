import { type Fraction, parseAmount, parseDecimal } from '@tenor/money';

const MAX_DECIMALS = 10;

/** Why this text is no decimal that terms may hold; undefined when it is one. */
export function decimalFault(text: string): string | undefined {
  if (parseDecimal(text) === undefined) return 'is not a decimal';
  return (text.split('.')[1] ?? '').length > MAX_DECIMALS ? `has more than ${MAX_DECIMALS} decimals` : undefined;
}

/** Why this decimal is no part of a whole, in words that follow its name; undefined when it is one. */
export function percentFault(text: string, least: 'above zero' | 'from zero'): string | undefined {
  const fault = decimalFault(text);
  if (fault !== undefined) return fault;
  const { numerator, denominator } = decimal(text);
  const isEnough = least === 'above zero' ? numerator > 0n : numerator >= 0n;
  return isEnough && numerator < 100n * denominator ? undefined : `must be ${least} to below 100`;
}

/** Whether this text is an amount of the currency above zero. */
export function isAmount(text: string, currency: string): boolean {
  const minor = parseAmount(text, currency);
  return typeof minor === 'bigint' && minor > 0n;
}

/** A decimal that was checked before. Throws Error on anything else. */
export function decimal(text: string): Fraction {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error(`${text} is no decimal`);
  return value;
}

export function addDecimals(one: Fraction, other: Fraction): Fraction {
  return {
    numerator: one.numerator * other.denominator + other.numerator * one.denominator,
    denominator: one.denominator * other.denominator,
  };
}

/** Below, equal to or above zero as the first is to the second. */
export function compareDecimals(one: Fraction, other: Fraction): number {
  const difference = one.numerator * other.denominator - other.numerator * one.denominator;
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}
