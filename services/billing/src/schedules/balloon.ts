import { min } from '@tenor/money';
import { statedAmount } from '../products/stated-amount.ts';
import { planEqualInstalments } from './annuity.ts';
import { planDeclining } from './declining-balance.ts';
import { type PlanInput, type PlannedParts, principalOf } from './plan.ts';

/**
 * Equal instalments on the whole balance that leave the balloon, which the last instalment repays with its interest;
 * the one before it absorbs what rounding leaves. Money paid out for the last period joins the balloon.
 */
export function planBalloon(input: PlanInput): PlannedParts[] {
  const { periods, terms, currency } = input;
  const balloon = min(statedAmount(terms.balloonAmount, currency), principalOf(input));
  const last = periods.slice(-1);
  const regular = periods.slice(0, -1);
  if (regular.length === 0) return planDeclining({ ...input, periods: last }, () => 0n);
  const plan = planEqualInstalments({ ...input, periods: regular }, balloon);
  return [...plan, ...planDeclining({ ...input, periods: last, opening: balloon }, () => 0n)];
}
