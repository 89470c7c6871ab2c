/** A payment (above zero) or an advance (below), in minor units, `whole` + `part` unit-periods after the start. */
export interface TimedFlow {
  readonly amount: bigint;
  readonly whole: number;
  readonly part: { readonly numerator: number; readonly denominator: number };
}

/** Fixed-point one. A rate is no money, and 100 binary digits leave room for some ten million periods. */
const ONE_BITS = 100n;
export const ONE = 1n << ONE_BITS;
const MAX_STEPS = 400;
/** A last step below this moves no rate in its first 17 digits. */
const CLOSE_ENOUGH = 1n << 40n;

/**
 * The discount factor v = 1 / (1 + i) of one unit-period, times ONE, at which payments are worth the advances: the
 * root of Σ amount · vᵗ / (1 + f·i), which is Regulation Z's actuarial equation (Appendix J (b)(8)). Newton's steps,
 * halving the bracket where a step would leave it. Throws RangeError when less is repaid than advanced, or as much
 * at once.
 */
export function solveDiscount(flows: readonly TimedFlow[]): bigint {
  const ordered = flows.toSorted((a, b) => a.whole - b.whole);
  let [low, high] = [0n, ONE];
  if (presentValue(ordered, high).value < 0n) throw new RangeError('less is repaid than was advanced');
  if (presentValue(ordered, 1n).value >= 0n) throw new RangeError('as much is paid at once as was advanced');
  let at = high;
  for (let step = 0; step < MAX_STEPS && high - low > 1n; step += 1) {
    const { value, slope } = presentValue(ordered, at);
    if (value === 0n) return at;
    if (value > 0n) high = at;
    else low = at;
    const newton = slope > 0n ? at - (value << ONE_BITS) / slope : low;
    if (newton - at < CLOSE_ENOUGH && at - newton < CLOSE_ENOUGH) return newton;
    // Above the root the curve is convex and Newton converges from that side; far from it, halving is faster.
    const inside = newton > low && newton < high && 2n * newton < low + 2n * high;
    at = inside ? newton : (low + high) / 2n;
  }
  return at;
}

/** vⁿ in fixed point. */
export function power(base: bigint, exponent: number): bigint {
  let [result, square, left] = [ONE, base, exponent];
  while (left > 0) {
    if (left % 2 === 1) result = times(result, square);
    left = Math.floor(left / 2);
    if (left > 0) square = times(square, square);
  }
  return result;
}

/** The sum and its derivative by v. With i = (1 − v) / v, 1 / (1 + f·i) is v / (v + f·(1 − v)). */
function presentValue(ordered: readonly TimedFlow[], v: bigint): { value: bigint; slope: bigint } {
  let [value, slopeOfWholes, slopeOfParts, discount, reached] = [0n, 0n, 0n, ONE, 0];
  for (const { amount, whole, part } of ordered) {
    discount = whole === reached ? discount : times(discount, power(v, whole - reached));
    reached = whole;
    if (part.numerator === 0) {
      value += amount * discount;
      slopeOfWholes += amount * discount * BigInt(whole);
      continue;
    }
    const f = (ONE * BigInt(part.numerator)) / BigInt(part.denominator);
    const base = v + times(f, ONE - v);
    const partial = (v << ONE_BITS) / base;
    const slopeOfPartial = (((f << ONE_BITS) / base) << ONE_BITS) / base;
    const discounted = times(discount, partial);
    value += amount * discounted;
    slopeOfWholes += amount * discounted * BigInt(whole);
    slopeOfParts += amount * times(discount, slopeOfPartial);
  }
  return { value, slope: (slopeOfWholes << ONE_BITS) / v + slopeOfParts };
}

function times(a: bigint, b: bigint): bigint {
  return (a * b) >> ONE_BITS;
}
