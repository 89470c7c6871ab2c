import { currencyDigits } from './currency.ts';
import { magnitude } from './money.ts';

/** The largest amount that is kept, either sign, in minor units: ten times it still fits a 64-bit column. */
export const MAX_MINOR = 10n ** 17n;

export type AmountProblem = 'unknown_currency' | 'malformed' | 'too_many_decimals' | 'too_large';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
/** More digits than MAX_MINOR can have: refused before any arithmetic, so that a long text costs nothing. */
const MAX_DIGITS = 40;

/**
 * Reads a decimal string ("44000.00", "44000", "-1.5") as minor units of its currency.
 * More decimals than the currency has are a problem even when they are zeros, as are a plus sign, an exponent and blanks.
 */
export function parseAmount(text: string, currency: string): bigint | AmountProblem {
  const digits = currencyDigits(currency);
  if (digits === undefined) return 'unknown_currency';
  if (text.length > MAX_DIGITS) return /^-?\d+(\.\d+)?$/.test(text) ? 'too_large' : 'malformed';
  const match = DECIMAL.exec(text);
  if (match === null) return 'malformed';
  const [, sign, whole = '', decimals = ''] = match;
  if (decimals.length > digits) return 'too_many_decimals';
  const minor = BigInt(whole + decimals.padEnd(digits, '0'));
  if (minor > MAX_MINOR) return 'too_large';
  return sign === '-' ? -minor : minor;
}

/** Minor units as a decimal string with all the currency's digits. Throws RangeError for an unknown currency. */
export function formatAmount(minor: bigint, currency: string): string {
  const digits = currencyDigits(currency);
  if (digits === undefined) throw new RangeError(`${currency} is not a currency of ISO 4217`);
  const sign = minor < 0n ? '-' : '';
  const text = magnitude(minor)
    .toString()
    .padStart(digits + 1, '0');
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
