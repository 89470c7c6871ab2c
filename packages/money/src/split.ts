/** Splits into equal parts whose sum is the amount; the last takes the remainder. Throws RangeError for fewer than one. */
export function splitEvenly(minor: bigint, parts: number): bigint[] {
  if (!Number.isSafeInteger(parts) || parts < 1) throw new RangeError('there must be at least one part');
  return allocateByWeights(minor, new Array<bigint>(parts).fill(1n));
}

/**
 * Splits in proportion to weights, each share rounded towards zero; the last share with a weight takes the remainder,
 * so the sum is the amount and a weight of zero gets nothing. Throws RangeError for negative or all-zero weights.
 */
export function allocateByWeights(minor: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n || weights.some((weight) => weight < 0n)) {
    throw new RangeError('weights must not be negative, and one must be above zero');
  }
  const last = weights.findLastIndex((weight) => weight > 0n);
  const shares = weights.map((weight) => (minor * weight) / total);
  const allocated = shares.reduce((sum, share) => sum + share, 0n);
  return shares.map((share, index) => (index === last ? share + minor - allocated : share));
}
