import { min } from '@tenor/money';
import { isSettled, type LoanInstalment, remainderOf } from '../delinquency/instalment.ts';
import type { Allocation } from '../ledger/posting.ts';
import type { Parts } from '../schedules/schedule.ts';

/** Within an instalment, what is paid before what (domain.md §2, `allocation_order`). */
const ORDER = ['penalty', 'fee', 'interest', 'principal'] as const satisfies readonly (keyof Parts)[];

export interface Allocated {
  /** Of each instalment that took something, oldest first; their sum is `applied`. */
  readonly allocations: readonly Allocation[];
  /** The same instalments with what they took, by their position in the schedule. */
  readonly paid: ReadonlyMap<number, LoanInstalment>;
  readonly applied: bigint;
  /** amount − applied: what no instalment owes. */
  readonly excess: bigint;
}

/**
 * Spreads one repayment over the instalments: the oldest first, due or not; within each penalty, fee, interest,
 * principal. No instalment takes more than it owes.
 *
 * @param amount minor units, not negative
 * @param instalments in the order of their due dates
 */
export function allocate(amount: bigint, instalments: readonly LoanInstalment[]): Allocated {
  const allocations: Allocation[] = [];
  const paid = new Map<number, LoanInstalment>();
  let left = amount;
  for (const [position, instalment] of instalments.entries()) {
    if (left === 0n) break;
    if (isSettled(instalment)) continue;
    const parts = take(left, instalment);
    left -= parts.principal + parts.interest + parts.fee + parts.penalty;
    allocations.push({ instalment: instalment.number, ...parts });
    paid.set(position, { ...instalment, paid: addParts(instalment.paid, parts) });
  }
  return { allocations, paid, applied: amount - left, excess: left };
}

function take(amount: bigint, instalment: LoanInstalment): Parts {
  const parts = { principal: 0n, interest: 0n, fee: 0n, penalty: 0n };
  let left = amount;
  for (const component of ORDER) {
    parts[component] = min(left, remainderOf(instalment, component));
    left -= parts[component];
  }
  return parts;
}

function addParts(a: Parts, b: Parts): Parts {
  return {
    principal: a.principal + b.principal,
    interest: a.interest + b.interest,
    fee: a.fee + b.fee,
    penalty: a.penalty + b.penalty,
  };
}
