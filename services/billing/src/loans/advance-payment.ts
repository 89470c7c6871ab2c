import type { LocalDate } from '@tenor/calendar';
import { min } from '@tenor/money';
import { addParts, type LoanInstalment, NO_PARTS, remainderOf } from '../delinquency/instalment.ts';
import type { Allocation } from '../ledger/posting.ts';
import type { ProductPolicy } from '../products/policy.ts';
import { type InterestMethod, interestMethods } from '../products/terms.ts';
import { allocate } from './allocation.ts';
import { endedBy, planFrame } from './loan-schedule.ts';
import { NOTHING_NEW, replanned } from './replan.ts';
import type { Outcome, WorkingLoan } from './working-loan.ts';

/**
 * What becomes of money that comes before it is due: it pays the next instalments, or those at the end, or it pays back
 * principal and the rest is planned anew.
 */
type Advance = 'pay_next' | 'pay_last' | { readonly replan: 'reduce_term' | 'reduce_instalment' };

/**
 * What a loan's interest method makes of the rule of its product (domain.md §2, `advance_payment`). Interest that does
 * not follow from a rate stays as it was agreed: fewer instalments then means that the last ones are paid first. A
 * bullet has no equal instalments that could become fewer, and of a balloon the last principal is agreed.
 */
export function advanceOf(rule: ProductPolicy['advancePayment'], method: InterestMethod): Advance {
  if (rule === 'next_instalment' || method === 'balloon') return 'pay_next';
  if (rule === 'reduce_term' && interestMethods[method].rate !== 'periodic') return 'pay_last';
  return { replan: method === 'bullet' ? 'reduce_instalment' : rule };
}

/**
 * Pays all that is due, and with the rest what is not, by the rule of the loan's product. An instalment whose period has
 * ended counts as due. Where all principal is paid back, what is left pays the interest of the days until then and what
 * was charged; interest that follows from no rate is owed as before.
 */
export function payInAdvance(
  loan: WorkingLoan,
  amount: bigint,
  on: LocalDate,
  id: string,
): Pick<Outcome, 'allocations' | 'applied' | 'excess'> {
  const frame = planFrame(loan);
  const due = loan.instalments.length - frame.instalments.length + endedBy(frame, on);
  const pay = payer(loan, on);
  const first = pay(amount, loan.instalments.slice(0, due));
  const advance = advanceOf(loan.policy.advancePayment, loan.terms.interestMethod);
  const back =
    typeof advance === 'string' ? undefined : payBack(loan, { due, amount: first.excess, on, id }, advance.replan);
  const rest = loan.instalments.slice(due);
  const last = pay(first.excess - (back?.principal ?? 0n), advance === 'pay_last' ? rest.toReversed() : rest);
  return {
    allocations: merged([...first.allocations, ...(back === undefined ? [] : [back]), ...last.allocations]),
    applied: amount - last.excess,
    excess: last.excess,
  };
}

/** Pays instalments of the loan, one by one as they are given, those that are due by its order of components. */
function payer(loan: WorkingLoan, on: LocalDate) {
  return (amount: bigint, instalments: readonly LoanInstalment[]) => {
    const { allocations, paid, excess } = allocate(amount, instalments, { ...loan.policy.allocationOrder, on });
    const byNumber = new Map([...paid.values()].map((instalment) => [instalment.number, instalment]));
    loan.instalments = loan.instalments.map((instalment) => byNumber.get(instalment.number) ?? instalment);
    return { allocations, excess };
  };
}

interface Prepayment {
  /** How many instalments are due. */
  readonly due: number;
  readonly amount: bigint;
  readonly on: LocalDate;
  readonly id: string;
}

/** Pays back principal and plans the rest anew; undefined, and nothing done, where there is nothing or no way to plan it. */
function payBack(
  loan: WorkingLoan,
  { due, amount, on, id }: Prepayment,
  kind: 'reduce_term' | 'reduce_instalment',
): Allocation | undefined {
  const principal = loan.instalments.slice(due).reduce((sum, each) => sum + remainderOf(each, 'principal'), 0n);
  const prepaid = min(amount, principal);
  const bearsInterest = interestMethods[loan.terms.interestMethod].rate === 'periodic';
  if (prepaid === 0n || (prepaid === principal && !bearsInterest)) return undefined;
  const allocation = { ...NO_PARTS, principal: prepaid };
  const anew = replanned(loan, on, { ...NOTHING_NEW, kind, changeId: id, prepaid });
  if ('refused' in anew) return undefined;
  Object.assign(loan, anew);
  return { instalment: loan.instalments[due]?.number ?? 0, ...allocation };
}

/** One allocation per instalment, in their order. */
function merged(allocations: readonly Allocation[]): Allocation[] {
  const byNumber = new Map<number, Allocation>();
  for (const { instalment, ...parts } of allocations) {
    byNumber.set(instalment, { instalment, ...addParts(byNumber.get(instalment) ?? NO_PARTS, parts) });
  }
  return [...byNumber.values()].toSorted((one, other) => one.instalment - other.instalment);
}
