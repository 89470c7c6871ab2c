import { divideRounded, divideRoundedToMultiple } from '@tenor/money';
import { planDeclining } from './declining-balance.ts';
import { type PlanInput, type PlannedParts, principalOf } from './plan.ts';

/**
 * The same principal in each instalment, round(P / n) over those without grace, with interest on the declining balance
 * on top; the last absorbs what rounding leaves. Where rounding would overshoot the principal it rounds down instead.
 * A step moves each instalment's whole, and with it the principal.
 */
export function planEqualPrincipal(input: PlanInput): PlannedParts[] {
  const { periods, principalGrace, multiple, terms, instalment } = input;
  const principal = principalOf(input);
  const count = BigInt(periods.length - principalGrace);
  const rounded = divideRounded(principal, count, terms.rounding);
  const each = instalment ?? (rounded * (count - 1n) > principal ? principal / count : rounded);
  return planDeclining(input, (interest) => divideRoundedToMultiple(each + interest, 1n, multiple, terms.rounding));
}
