import { divideRoundedToMultiple, magnitude, max } from '@tenor/money';
import { planDeclining } from './declining-balance.ts';
import { type Period, type PlanInput, type PlannedParts, principalOf } from './plan.ts';

/** Equal instalments on the declining balance (domain.md §3, `annuity`); after a principal grace, over the rest. */
export function planAnnuity(input: PlanInput): PlannedParts[] {
  return planEqualInstalments(input, 0n);
}

/** Equal instalments that leave the residual, in minor units; the last absorbs what rounding leaves. */
export function planEqualInstalments(input: PlanInput, residual: bigint): PlannedParts[] {
  const equal = input.instalment ?? equalInstalment(input, residual);
  const plan = planDeclining(input, () => equal, residual);
  return input.terms.emiSmoothing && input.instalment === undefined ? smoothed(input, residual, equal, plan) : plan;
}

/**
 * EMI = (P·Π(1 + f) − residual) / Σ_j Π_{k>j}(1 + f_k) over the instalments that carry it, in minor units. With
 * f_k = a_k / D everything is multiplied by Dⁿ, so it is one division of whole numbers and a tie is seen as a tie.
 */
function equalInstalment(input: PlanInput, residual: bigint): bigint {
  const { periods, opening, principalGrace, denominator, multiple, terms } = input;
  const [first, ...later] = periods.slice(principalGrace);
  if (first === undefined) throw new Error('the principal grace leaves no instalment to repay in');
  const owed =
    principalGrace === 0
      ? opening * (denominator + first.factor) + first.added * denominator + first.addedInterest
      : principalOf(input) * (denominator + first.factor);
  const rest = growthOf(later, denominator, 0, later.length);
  const sum = denominator * (rest.growth + rest.annuity);
  const left = residual * denominator * rest.scale;
  return divideRoundedToMultiple(max(owed * rest.growth - left, 0n), sum, multiple, terms.rounding);
}

/** Over so many periods: Π(D + a), Σ_j Π_{k>j}(D + a_k)·Dʲ, and Dⁿ. */
interface Growth {
  readonly growth: bigint;
  readonly annuity: bigint;
  readonly scale: bigint;
}

/** By halves: few products of long numbers instead of one per period. */
function growthOf(periods: readonly Period[], denominator: bigint, from: number, to: number): Growth {
  if (to === from) return { growth: 1n, annuity: 0n, scale: 1n };
  if (to - from === 1) {
    const factor = periods[from]?.factor ?? 0n;
    return { growth: denominator + factor, annuity: denominator, scale: denominator };
  }
  const middle = (from + to) >> 1;
  const left = growthOf(periods, denominator, from, middle);
  const right = growthOf(periods, denominator, middle, to);
  return {
    growth: left.growth * right.growth,
    annuity: left.annuity * right.growth + left.scale * right.annuity,
    scale: left.scale * right.scale,
  };
}

/**
 * With d = last instalment − EMI and n the instalments that carry it: when 2·|d| > n, tries EMI + round(d / n) once and
 * keeps it only if |d| shrinks. d / n is rounded half-even whatever the terms' mode, to the step of a payable instalment.
 */
function smoothed(input: PlanInput, residual: bigint, equal: bigint, plan: PlannedParts[]): PlannedParts[] {
  const count = BigInt(plan.length - input.principalGrace);
  const difference = lastOf(plan) - equal;
  if (2n * magnitude(difference) <= count) return plan;
  const tried = equal + divideRoundedToMultiple(difference, count, input.multiple);
  const retry = planDeclining(input, () => tried, residual);
  return magnitude(lastOf(retry) - tried) < magnitude(difference) ? retry : plan;
}

function lastOf(plan: readonly PlannedParts[]): bigint {
  const last = plan.at(-1);
  return last === undefined ? 0n : last.principal + last.interest;
}
