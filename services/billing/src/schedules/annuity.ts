import { anchorDayOf, yearFraction } from '@tenor/calendar';
import { divideRounded, divideRoundedToMultiple, fraction, min, parseDecimal, type RoundingMode } from '@tenor/money';
import type { PlanInput, PlannedParts } from './plan.ts';

/** The interest factor of each period: numerators over one denominator, so that products need no common multiples. */
interface Factors {
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
}

/** Equal instalments on the declining balance (domain.md §3, `annuity`), each period's interest rounded once. */
export function planAnnuity(input: PlanInput): PlannedParts[] {
  const { principal, terms, multiple } = input;
  const factors = periodFactors(input);
  const equal = equalInstalment(principal, factors, multiple, terms.rounding);
  const plan = amortise(principal, factors, equal, terms.rounding);
  return terms.emiSmoothing ? smoothed(input, factors, equal, plan) : plan;
}

/**
 * EMI = P·Π(1 + f) / Σ_j Π_{k>j}(1 + f_k), in minor units. With f_k = a_k / D everything is multiplied by Dⁿ, so it is
 * one division of whole numbers and a tie is seen as a tie.
 */
function equalInstalment(principal: bigint, factors: Factors, multiple: bigint, mode: RoundingMode): bigint {
  const { numerators, denominator } = factors;
  let [growth, sum, power] = [1n, 0n, 1n];
  for (const numerator of numerators) {
    const grown = denominator + numerator;
    power *= denominator;
    growth *= grown;
    sum = sum * grown + power;
  }
  return divideRoundedToMultiple(principal * growth, sum, multiple, mode);
}

/** interest = round(balance · f); principal = what the instalment leaves, within 0 and the balance; the last takes all. */
function amortise(
  principal: bigint,
  { numerators, denominator }: Factors,
  equal: bigint,
  mode: RoundingMode,
): PlannedParts[] {
  let balance = principal;
  return numerators.map((numerator, index) => {
    const interest = divideRounded(balance * numerator, denominator, mode);
    const left = equal > interest ? min(equal - interest, balance) : 0n;
    const repaid = index === numerators.length - 1 ? balance : left;
    balance -= repaid;
    return { principal: repaid, interest };
  });
}

/**
 * With d = last instalment − EMI: when 2·|d| > n, tries EMI + round(d / n) once and keeps it only if |d| shrinks.
 * d / n is rounded half-even whatever the terms' mode, to the step of a payable instalment.
 */
function smoothed(
  { principal, terms, multiple }: PlanInput,
  factors: Factors,
  equal: bigint,
  plan: PlannedParts[],
): PlannedParts[] {
  const count = BigInt(plan.length);
  const difference = lastOf(plan) - equal;
  if (2n * magnitude(difference) <= count) return plan;
  const tried = equal + divideRoundedToMultiple(difference, count, multiple);
  const retry = amortise(principal, factors, tried, terms.rounding);
  return magnitude(lastOf(retry) - tried) < magnitude(difference) ? retry : plan;
}

/** f_k = rate × the period's part of a year. */
function periodFactors({ terms, disbursedOn, dueDates }: PlanInput): Factors {
  const annual = terms.annualRatePercent === null ? undefined : parseDecimal(terms.annualRatePercent);
  if (annual === undefined) throw new Error('annuity terms without a rate passed their validation');
  const { frequency, dayCount } = terms;
  const anchorDay = anchorDayOf(disbursedOn, frequency, terms.firstDueDate);
  const years = dueDates.map((to, index) =>
    yearFraction(dayCount, dueDates[index - 1] ?? disbursedOn, to, frequency, anchorDay),
  );
  const common = [...new Set(years.map((year) => year.denominator))].reduce(leastCommonMultiple, 1n);
  // Reduced once for all periods: small numbers keep the products of a long schedule fast.
  const rate = fraction(annual.numerator, annual.denominator * 100n * common);
  return {
    numerators: years.map((year) => year.numerator * (common / year.denominator) * rate.numerator),
    denominator: rate.denominator,
  };
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  return a * fraction(b, a).numerator;
}

function lastOf(plan: readonly PlannedParts[]): bigint {
  const last = plan.at(-1);
  return last === undefined ? 0n : last.principal + last.interest;
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
