/** What becomes of a fraction of a minor unit. `up` is away from zero, `down` towards it; halves in the names' sense. */
export const roundingModes = ['half_even', 'half_up', 'up', 'down'] as const;
export type RoundingMode = (typeof roundingModes)[number];

export function isRoundingMode(text: string): text is RoundingMode {
  return (roundingModes as readonly string[]).includes(text);
}

/**
 * numerator / denominator as a whole number, rounded once and exactly: ties are seen as ties, since nothing was
 * approximated before. Throws RangeError when the denominator is not above zero.
 */
export function divideRounded(numerator: bigint, denominator: bigint, mode: RoundingMode = 'half_even'): bigint {
  if (denominator <= 0n) throw new RangeError('the denominator must be above zero');
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const quotient = magnitude / denominator;
  const rounded = quotient + (goesUp(quotient, magnitude % denominator, denominator, mode) ? 1n : 0n);
  return negative ? -rounded : rounded;
}

/** The same, to a whole multiple (a payable step, such as 500 minor units) instead of a whole unit. */
export function divideRoundedToMultiple(
  numerator: bigint,
  denominator: bigint,
  multiple: bigint,
  mode: RoundingMode = 'half_even',
): bigint {
  return divideRounded(numerator, denominator * multiple, mode) * multiple;
}

function goesUp(quotient: bigint, remainder: bigint, denominator: bigint, mode: RoundingMode): boolean {
  const twice = 2n * remainder;
  switch (mode) {
    case 'half_even':
      return twice > denominator || (twice === denominator && quotient % 2n === 1n);
    case 'half_up':
      return twice >= denominator;
    case 'up':
      return remainder > 0n;
    case 'down':
      return false;
    default:
      return mode satisfies never;
  }
}
