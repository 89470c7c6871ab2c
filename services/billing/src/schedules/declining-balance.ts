import { divideRounded, max, min } from '@tenor/money';
import type { PlanInput, PlannedParts } from './plan.ts';

/**
 * Interest of each period on what is still owed, rounded once. An instalment repays what `asks` leaves beside its
 * interest, but never less than nothing, nor below the `residual`; in grace nothing; the last brings the balance there.
 */
export function planDeclining(
  { periods, opening, principalGrace, denominator, terms }: PlanInput,
  asks: (interest: bigint) => bigint,
  residual = 0n,
): PlannedParts[] {
  let balance = opening;
  return periods.map(({ factor, added, addedInterest }, index) => {
    const interest = divideRounded(balance * factor + addedInterest, denominator, terms.rounding);
    balance += added;
    const above = max(balance - residual, 0n);
    let principal = 0n;
    if (index === periods.length - 1) principal = above;
    else if (index >= principalGrace) principal = min(max(asks(interest) - interest, 0n), above);
    balance -= principal;
    return { principal, interest };
  });
}
