import { type Fraction, fraction, magnitude, parseAmount, parseDecimal } from '@tenor/money';

/** Whether this text is an amount of the currency: no more decimals than it has. */
export function isAmount(text: string, currency: string): boolean {
  return typeof parseAmount(text, currency) === 'bigint';
}

/** A decimal whose form the request's schema has checked. Throws Error on anything else. */
export function decimal(text: string): Fraction {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error(`${text} is no decimal`);
  return value;
}

/** A percentage, of such a form, as a part of one. */
export function percentage(text: string): Fraction {
  const { numerator, denominator } = decimal(text);
  return fraction(numerator, denominator * 100n);
}

export function addDecimals(one: Fraction, other: Fraction): Fraction {
  return fraction(
    one.numerator * other.denominator + other.numerator * one.denominator,
    one.denominator * other.denominator,
  );
}

/** Below, equal to or above zero as the first is to the second. */
export function compareDecimals(one: Fraction, other: Fraction): number {
  const difference = one.numerator * other.denominator - other.numerator * one.denominator;
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

export const isZero = (text: string): boolean => decimal(text).numerator === 0n;

const DECIMALS_MAX = 18n;

/** A finite decimal of at most 18 decimals, as text without zeros that say nothing. */
export function decimalText({ numerator, denominator }: Fraction): string {
  const decimals = Number(DECIMALS_MAX);
  const digits = ((magnitude(numerator) * 10n ** DECIMALS_MAX) / denominator).toString().padStart(decimals + 1, '0');
  const text = `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '');
  return numerator < 0n ? `-${text}` : text;
}
