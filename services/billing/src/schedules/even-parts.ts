import { divideRounded, divideRoundedToMultiple } from '@tenor/money';
import type { Terms } from '../products/terms.ts';
import { type PlanInput, type PlannedParts, principalOf } from './plan.ts';

/**
 * Instalment = round((P + I) / n), its interest round(I / n), the principal their difference; the last takes what is
 * left of both. In a principal grace only the interest is asked for, and the principal is spread over the rest. Where
 * a part would be negative it rounds down instead, and where even that does not help (a few minor units per instalment),
 * principal and interest are divided apart and the step is given up.
 */
export function spreadEvenly(input: PlanInput, interest: bigint): PlannedParts[] {
  const { terms, multiple, periods, principalGrace } = input;
  const count = BigInt(periods.length);
  const repaying = count - BigInt(principalGrace);
  const principal = principalOf(input);
  const rounded = (mode: Terms['rounding']): PlannedParts => {
    const each = divideRounded(interest, count, mode);
    const total = principal * count + interest * repaying;
    return { principal: divideRoundedToMultiple(total, count * repaying, multiple, mode) - each, interest: each };
  };
  return firstFitting(input, interest, [rounded(terms.rounding), rounded('down')]);
}

/**
 * The same part for every instalment: the first candidate that leaves nothing negative for the last one, else the
 * principal and the interest each divided and rounded down.
 */
export function firstFitting(input: PlanInput, interest: bigint, candidates: readonly PlannedParts[]): PlannedParts[] {
  const { periods, principalGrace } = input;
  const principal = principalOf(input);
  const count = BigInt(periods.length);
  const repaying = count - BigInt(principalGrace);
  const lastOf = (each: PlannedParts): PlannedParts => ({
    principal: principal - each.principal * (repaying - 1n),
    interest: interest - each.interest * (count - 1n),
  });
  const each = candidates.find((one) => isPart(one) && isPart(lastOf(one))) ?? {
    principal: principal / repaying,
    interest: interest / count,
  };
  const others = periods.slice(1).map((_, index) => (index < principalGrace ? { ...each, principal: 0n } : each));
  return [...others, lastOf(each)];
}

function isPart({ principal, interest }: PlannedParts): boolean {
  return principal >= 0n && interest >= 0n;
}
