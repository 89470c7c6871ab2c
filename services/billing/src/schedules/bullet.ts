import { divideRounded } from '@tenor/money';
import type { Terms } from '../products/terms.ts';
import { planDeclining } from './declining-balance.ts';
import { type PlanInput, type PlannedParts, type Planner, principalOf } from './plan.ts';

const plannersByInterest: Readonly<Record<Terms['bulletInterest'], Planner>> = {
  each_period: (input) => planDeclining(input, (interest) => interest),
  at_end: planAtEnd,
};

/** The whole principal with the last instalment; interest with each, or all of it with the last. */
export function planBullet(input: PlanInput): PlannedParts[] {
  return plannersByInterest[input.terms.bulletInterest](input);
}

/** Simple interest over the whole term, the periods before a later disbursement included, rounded once. */
function planAtEnd(input: PlanInput): PlannedParts[] {
  let [balance, interest] = [0n, 0n];
  for (const { factor, added, addedInterest } of [...input.earlier, ...input.periods]) {
    interest += balance * factor + addedInterest;
    balance += added;
  }
  const last = {
    principal: principalOf(input),
    interest: divideRounded(interest, input.denominator, input.terms.rounding),
  };
  return [...input.periods.slice(1).map(() => ({ principal: 0n, interest: 0n })), last];
}
