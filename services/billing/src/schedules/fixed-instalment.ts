import { divideRounded, max } from '@tenor/money';
import { statedAmount } from '../products/stated-amount.ts';
import { firstFitting } from './even-parts.ts';
import { type PlanInput, type PlannedParts, principalOf } from './plan.ts';

const MODES_THAT_FIT = ['down', 'up'] as const;

/**
 * Every instalment x but the last; I = max(n·x − P, 0) is spread as in flat, and the principal is the rest of x
 * (domain.md §3, `fixed_instalment`). The stated rate computes nothing. Where rounding I / n would leave a negative
 * part it is rounded the other way; where that does not help either, x is given up.
 */
export function planFixedInstalment(input: PlanInput): PlannedParts[] {
  const { terms, currency, periods } = input;
  const asked = statedAmount(terms.instalmentAmount, currency);
  const count = BigInt(periods.length);
  const interest = max(count * asked - principalOf(input), 0n);
  const candidates = [terms.rounding, ...MODES_THAT_FIT].map((mode): PlannedParts => {
    const each = divideRounded(interest, count, mode);
    return { principal: asked - each, interest: each };
  });
  return firstFitting(input, interest, candidates);
}
