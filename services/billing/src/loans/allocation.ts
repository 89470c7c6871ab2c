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
  const taken = new Map<number, Parts>();
  let left = amount;
  for (const { position, instalment, component } of turns(instalments, order)) {
    if (left === 0n) break;
    const part = min(left, remainderOf(instalment, component));
    if (part === 0n) continue;
    left -= part;
    const parts = taken.get(position) ?? NO_PARTS;
    taken.set(position, { ...parts, [component]: parts[component] + part });
  }
  const allocations: Allocation[] = [];
  const paid = new Map<number, LoanInstalment>();
  for (const [position, parts] of [...taken].sort(([one], [other]) => one - other)) {
    const instalment = instalments[position];
    if (instalment === undefined) continue;
    allocations.push({ instalment: instalment.number, ...parts });
    paid.set(position, { ...instalment, paid: addParts(instalment.paid, parts) });
  }
  return { allocations, paid, applied: amount - left, excess: left };
}

interface Turn {
  readonly position: number;
  readonly instalment: LoanInstalment;
  readonly component: keyof Parts;
}

/** What is asked for a part of the payment, one after the other. */
function* turns(instalments: readonly LoanInstalment[], order: AllocationOrder): Generator<Turn> {
  const { components, vertical, on } = order;
  const notDue = vertical ? instalments.findIndex(({ dueDate }) => dueDate > on) : 0;
  const due = notDue === -1 ? instalments : instalments.slice(0, notDue);
  const open = [...due.entries()].filter(([, instalment]) => !isSettled(instalment));
  for (const component of open.length === 0 ? [] : components) {
    for (const [position, instalment] of open) yield { position, instalment, component };
  }
  // By index: a long loan comes here with each of its payments, and most of its instalments are settled by then.
  for (let position = due.length; position < instalments.length; position += 1) {
    const instalment = instalments[position];
    if (instalment === undefined || isSettled(instalment)) continue;
    for (const component of components) yield { position, instalment, component };
  }
}
