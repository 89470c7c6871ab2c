import { divideRoundedToMultiple, max, type RoundingMode } from '@tenor/money';
import { payableStep } from '../products/stated-amount.ts';
import type { Terms } from '../products/terms.ts';
import type { PlannedInstalment } from '../schedules/schedule.ts';

type Row = Pick<PlannedInstalment, 'principal' | 'interest' | 'balanceAfter'>;

/**
 * A plan of principal alone with this interest, in minor units, spread over the instalments that ask for any: the same
 * of each, rounded down where they stand. Where the terms name a step, all but the last to repay ask for the same
 * multiple of it, and the principal takes the difference; down instead where the last would have a negative part, and
 * without the step where that does not help either.
 */
export function spreadAnew<Planned extends Row>(
  planned: readonly Planned[],
  interest: bigint,
  terms: Terms,
  currency: string,
): Planned[] {
  const asking = BigInt(planned.length - terms.interestGrace);
  const until = (count: number) => (interest * max(BigInt(count - terms.interestGrace), 0n)) / asking;
  const rows = planned.map((row, index) => ({ ...row, interest: until(index + 1) - until(index) }));
  const step = payableStep(terms, currency);
  if (step === 1n) return rows;
  const stepped = [terms.rounding, 'down' as const].map((mode) => inSteps(rows, step, mode));
  return stepped.find((plan) => plan.every(({ principal }) => principal >= 0n)) ?? rows;
}

/** With principals that make equal instalments a multiple of the step; the last that repays any takes the rest. */
function inSteps<Planned extends Row>(rows: readonly Planned[], step: bigint, mode: RoundingMode): Planned[] {
  const repaying = rows.filter(({ principal }) => principal > 0n);
  const last = repaying.at(-1);
  const total = repaying.reduce((sum, { principal, interest }) => sum + principal + interest, 0n);
  const level = divideRoundedToMultiple(total, max(BigInt(repaying.length), 1n), step, mode);
  let left = repaying.reduce((sum, { principal }) => sum + principal, 0n);
  return rows.map((row) => {
    if (row.principal === 0n) return { ...row, balanceAfter: left };
    const principal = row === last ? left : level - row.interest;
    left -= principal;
    return { ...row, principal, balanceAfter: left };
  });
}
