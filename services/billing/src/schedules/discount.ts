import { magnitude } from '@tenor/money';

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
 * root of Σ amount · vᵗ / (1 + f·i), which is Regulation Z's actuarial equation (Appendix J (b)(8)). Expects that the
 * first flow is an advance and that at least as much is repaid as advanced, so that there is a root above 0 and up to
 * 1. Newton's steps from a close start; the bracket is halved where a step would leave it or shrinks too slowly, so
 * that the search always ends.
 */
export function solveDiscount(flows: readonly TimedFlow[]): bigint {
  const ordered = flows.toSorted((a, b) => a.whole - b.whole);
  let [low, high, lastStep] = [0n, ONE, ONE];
  let at = startingPoint(ordered);
  for (let step = 0; step < MAX_STEPS && high - low > 1n; step += 1) {
    const { value, slope } = presentValue(ordered, at);
    if (value >= 0n) high = at;
    else low = at;
    const newton = slope > 0n ? at - (value << ONE_BITS) / slope : low;
    if (slope > 0n && magnitude(newton - at) < CLOSE_ENOUGH) return newton < ONE ? newton : ONE;
    const isBetter = newton > low && newton <= high && 2n * magnitude(newton - at) < lastStep;
    const next = isBetter ? newton : (low + high) / 2n;
    lastStep = magnitude(next - at);
    at = next;
  }
  return high;
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

// Bound once, as the search asks for them thousands of times.
const { exp, expm1 } = Math;
const START_STEPS = 60;
/** At this force of interest over the whole term a float no longer tells the last payment from nothing. */
const FORCE_MAX = 700;
const FLOAT_BITS = 53n;

/** A step by floats below this brings them no nearer. */
const FORCE_CLOSE_ENOUGH = 2 ** -50;

/** A flow by floats, its amount as a share of all payments. */
interface Share {
  readonly share: number;
  readonly whole: number;
  readonly part: number;
}

/**
 * The same root by floats, which is where the exact search begins and no more: Newton's steps of the force of interest
 * −ln v, halved where one would leave its bracket.
 */
function startingPoint(ordered: readonly TimedFlow[]): bigint {
  const total = ordered.reduce((sum, { amount }) => (amount > 0n ? sum + amount : sum), 1n);
  const shares = ordered.map(
    ({ amount, whole, part }): Share => ({
      share: Number((amount << FLOAT_BITS) / total),
      whole,
      part: part.numerator / part.denominator,
    }),
  );
  let [low, high] = [0, FORCE_MAX / Math.max(1, ordered.at(-1)?.whole ?? 1)];
  let force = low;
  for (let step = 0; step < START_STEPS; step += 1) {
    const { worth, slope } = worthAt(shares, force);
    if (worth > 0) low = force;
    else high = force;
    const newton = force - worth / slope;
    if (Math.abs(newton - force) < FORCE_CLOSE_ENOUGH) break;
    force = newton > low && newton < high ? newton : (low + high) / 2;
  }
  const discount = BigInt(Math.round(exp(-force) * 2 ** Number(FLOAT_BITS))) << (ONE_BITS - FLOAT_BITS);
  return discount > 0n ? discount : 1n;
}

/** What the flows are worth at this force of interest, and the derivative by it. */
function worthAt(shares: readonly Share[], force: number): { worth: number; slope: number } {
  const interest = expm1(force);
  let [worth, slope] = [0, 0];
  for (const { share, whole, part } of shares) {
    const accrued = 1 + part * interest;
    const discounted = (share * exp(-force * whole)) / accrued;
    worth += discounted;
    slope -= discounted * (whole + (part * (1 + interest)) / accrued);
  }
  return { worth, slope };
}

function times(a: bigint, b: bigint): bigint {
  return (a * b) >> ONE_BITS;
}
