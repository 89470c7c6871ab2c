import type { LocalDate } from '@tenor/calendar';
import { statedAmount } from '../products/stated-amount.ts';
import { payInAdvance } from './advance-payment.ts';
import { allocate } from './allocation.ts';
import { owesAtMost } from './outstanding.ts';
import { collapsed, type PayoffStrategy, payoff } from './payoff.ts';
import { followInstalments, letOff, minorOf, NOTHING_MOVED, type Outcome, type WorkingLoan } from './working-loan.ts';

/** What other events say of payments, uses of credit and recoveries, by their ids. */
export interface Lots {
  /** What is spent of the excess, in minor units. */
  readonly spent: ReadonlyMap<string, bigint>;
  /** Which are to pay the loan off, and how that is reckoned. */
  readonly payoffs: ReadonlyMap<string, PayoffStrategy | null>;
}
export const NOTHING_SAID: Lots = { spent: new Map(), payoffs: new Map() };

/** A payment, use of credit or recovery, by its id. */
export interface Incoming {
  readonly id: string;
  readonly amount: string;
}

/**
 * Gives the instalments what is not spent already; all that they do not take, the spent part included, is excess. What
 * is left then of a loan that was to end with this payment is given up, where its product calls it small.
 */
export function repay(loan: WorkingLoan, { id, amount }: Incoming, on: LocalDate, lots: Lots): Outcome {
  const spent = lots.spent.get(id) ?? 0n;
  const brought = minorOf(amount, loan.currency) - spent;
  const isPayoff = paysOff(loan, brought, on, lots.payoffs.get(id));
  const { allocations, applied, excess: rest } = take(loan, { brought, on, id, isPayoff });
  const excess = rest + spent;
  const mayEnd = applied > 0n && (isPayoff || on >= loan.maturityDate);
  const waivers = mayEnd && owesAtMost(loan, toleranceOf(loan)) ? letOff(loan, 'waived') : [];
  loan.credited += excess;
  followInstalments(loan);
  return { ...NOTHING_MOVED, allocations, applied, excess, waivers };
}

/** Whether the payment is a payoff that brings enough; the loan then asks for no more than that. */
function paysOff(
  loan: WorkingLoan,
  brought: bigint,
  on: LocalDate,
  strategy: PayoffStrategy | null | undefined,
): boolean {
  if (strategy === undefined || loan.status !== 'active') return false;
  const asked = payoff(loan, on, strategy);
  if (brought + toleranceOf(loan) < asked.total) return false;
  loan.instalments = collapsed(loan.instalments, asked);
  return true;
}

/** A remainder up to this, in minor units, is given up where the loan was to end. */
export function toleranceOf({ policy, currency }: Pick<WorkingLoan, 'policy' | 'currency'>): bigint {
  return statedAmount(policy.settlement.smallBalanceTolerance, currency);
}

interface Taking {
  readonly brought: bigint;
  readonly on: LocalDate;
  readonly id: string;
  readonly isPayoff: boolean;
}

function take(
  loan: WorkingLoan,
  { brought, on, id, isPayoff }: Taking,
): Pick<Outcome, 'allocations' | 'applied' | 'excess'> {
  if (!isPayoff && loan.status === 'active' && loan.policy.advancePayment !== 'next_instalment') {
    return payInAdvance(loan, brought, on, id);
  }
  const owed = loan.disbursedOn === null ? [] : loan.instalments;
  const { allocations, paid, applied, excess } = allocate(brought, owed, { ...loan.policy.allocationOrder, on });
  for (const [position, instalment] of paid) loan.instalments[position] = instalment;
  return { allocations, applied, excess };
}
