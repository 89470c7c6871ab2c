import { magnitude } from './money.ts';

/** An exact rational in lowest terms, its denominator above zero: rates and period factors are never approximated. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Reduces to lowest terms. Throws RangeError when the denominator is not above zero. */
export function fraction(numerator: bigint, denominator: bigint): Fraction {
  if (denominator <= 0n) throw new RangeError('the denominator must be above zero');
  const divisor = greatestCommonDivisor(magnitude(numerator), denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

const DECIMAL = /^(-?)(\d{1,18})(?:\.(\d{1,18}))?$/;

/** Reads a plain decimal such as a rate ("9.4822", "-0.5", "12") exactly; undefined when it is none. */
export function parseDecimal(text: string): Fraction | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', decimals = ''] = match;
  const magnitude = BigInt(whole + decimals);
  return fraction(sign === '-' ? -magnitude : magnitude, 10n ** BigInt(decimals.length));
}

const NUMBER = /^([+-]?)(\d{0,60})(?:\.(\d{0,60}))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * A number as other systems write it (`3.0E7`, `+5`, `.5`) as plain decimal text with the same decimals, without an
 * exponent or needless zeros in front; undefined for what is no number, or one of more than 60 digits on either side.
 */
export function plainDecimal(text: string): string | undefined {
  const match = NUMBER.exec(text);
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = match ?? [];
  const digits = whole + decimals;
  if (match === null || digits === '') return undefined;
  const point = whole.length + Number.parseInt(exponent, 10);
  const at = Math.max(point, 0);
  const shifted = ('0'.repeat(Math.max(-point, 0)) + digits).padEnd(at, '0');
  const front = shifted.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const back = shifted.slice(at);
  const plain = back === '' ? front : `${front}.${back}`;
  return sign === '-' && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
