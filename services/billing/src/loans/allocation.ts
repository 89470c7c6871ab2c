import type { LocalDate } from '@tenor/calendar';
import { min } from '@tenor/money';
import { addParts, isSettled, type LoanInstalment, NO_PARTS, remainderOf } from '../delinquency/instalment.ts';
import type { Allocation } from '../ledger/posting.ts';
import type { ProductPolicy } from '../products/policy.ts';
import type { Parts } from '../schedules/schedule.ts';

export interface Allocated {
  /** Of each instalment that took something, oldest first; their sum is `applied`. */
  readonly allocations: readonly Allocation[];
  /** The same instalments with what they took, by their position in the schedule. */
  readonly paid: ReadonlyMap<number, LoanInstalment>;
  readonly applied: bigint;
  /** amount − applied: what no instalment owes. */
  readonly excess: bigint;
}

/** In what order a payment of a day pays what is owed (domain.md §2, `allocation_order`). */
export type AllocationOrder = ProductPolicy['allocationOrder'] & { readonly on: LocalDate };

/**
 * Spreads one repayment over the instalments: the oldest first, due or not, each by the order of components. Where the
 * order is vertical, one component of all that is due goes before the next; what is not due yet is paid instalment by
 * instalment all the same. No instalment takes more than it owes.
 *
 * @param amount minor units, not negative
 * @param instalments in the order of their due dates
 */
export function allocate(amount: bigint, instalments: readonly LoanInstalment[], order: AllocationOrder): Allocated {
  const { components, vertical, on } = order;
  const taken = new Map<number, Taken>();
  let left = amount;
  function take(position: number, instalment: LoanInstalment, component: keyof Parts): void {
    const part = min(left, remainderOf(instalment, component));
    if (part === 0n) return;
    left -= part;
    const parts = taken.get(position) ?? { ...NO_PARTS };
    parts[component] += part;
    taken.set(position, parts);
  }
  const due = vertical ? countDue(instalments, on) : 0;
  const open = due === 0 ? [] : openOf(instalments.slice(0, due));
  for (const component of components) {
    for (const [position, instalment] of open) take(position, instalment, component);
  }
  // By index: a long loan comes here with each of its payments, and most of its instalments are settled by then.
  for (let position = due; left > 0n && position < instalments.length; position += 1) {
    const instalment = instalments[position];
    if (instalment === undefined || isSettled(instalment)) continue;
    for (const component of components) take(position, instalment, component);
  }
  return { ...settledBy(taken, instalments), applied: amount - left, excess: left };
}

/** What an instalment took so far. */
type Taken = { -readonly [Component in keyof Parts]: Parts[Component] };

function countDue(instalments: readonly LoanInstalment[], on: LocalDate): number {
  const notDue = instalments.findIndex(({ dueDate }) => dueDate > on);
  return notDue === -1 ? instalments.length : notDue;
}

function openOf(instalments: readonly LoanInstalment[]): [number, LoanInstalment][] {
  return [...instalments.entries()].filter(([, instalment]) => !isSettled(instalment));
}

function settledBy(
  taken: ReadonlyMap<number, Parts>,
  instalments: readonly LoanInstalment[],
): Pick<Allocated, 'allocations' | 'paid'> {
  const allocations: Allocation[] = [];
  const paid = new Map<number, LoanInstalment>();
  for (const [position, parts] of [...taken].sort(([one], [other]) => one - other)) {
    const instalment = instalments[position];
    if (instalment === undefined) continue;
    allocations.push({ instalment: instalment.number, ...parts });
    paid.set(position, { ...instalment, paid: addParts(instalment.paid, parts) });
  }
  return { allocations, paid };
}
