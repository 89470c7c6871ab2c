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

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
