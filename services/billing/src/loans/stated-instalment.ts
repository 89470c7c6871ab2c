import { max, min } from '@tenor/money';
import { type LoanInstalment, NO_ADDITIONS, remainder, subtractParts, sumOfParts } from '../delinquency/instalment.ts';
import { type PlannedInstalment, totalOf } from '../schedules/schedule.ts';

/**
 * What an instalment of a live loan stands for, in minor units: its plan without what a later plan took over, with the
 * principal that was paid back before it was due and the interest that other instalments left to it.
 */
export interface StatedInstalment extends PlannedInstalment {
  /** Asked beyond that: charges, penalties, interest for being late. */
  readonly charged: bigint;
  /** Principal, interest, fee and charged: all that was paid, is unpaid or was given up. */
  readonly total: bigint;
  /** Of its principal, what was paid without being planned: paid back before it was due. */
  readonly prepaidPrincipal: bigint;
  /** What a later plan asks for instead: no part of the total. */
  readonly moved: bigint;
  readonly waived: bigint;
  /** Given up by a payoff. */
  readonly forgone: bigint;
  readonly writtenOff: bigint;
  readonly paid: bigint;
  readonly unpaid: bigint;
}

/** What an instalment asks for, whatever became of that. */
export type AskedInstalment = Pick<StatedInstalment, keyof PlannedInstalment | 'charged' | 'total'>;

export function askedInstalment(instalment: LoanInstalment): AskedInstalment {
  const { additions } = instalment;
  if (additions === null) return { ...planOf(instalment), charged: 0n, total: totalOf(instalment) };
  const { charged, grown, moved, movedByThen } = additions;
  const late = sumOfParts(grown) + charged.fee + charged.penalty;
  // What moves of a component is what its plan asks only as far as nothing came on top of it.
  const ofPlan = {
    interest: max(moved.interest - grown.interest, 0n),
    fee: max(moved.fee - grown.fee - charged.fee, 0n),
  };
  const asked = {
    number: instalment.number,
    dueDate: instalment.dueDate,
    principal: instalment.principal + charged.principal - moved.principal,
    interest: instalment.interest + charged.interest - ofPlan.interest,
    fee: instalment.fee - ofPlan.fee,
    balanceAfter: instalment.balanceAfter + movedByThen,
    charged: late - (moved.interest - ofPlan.interest) - (moved.fee - ofPlan.fee) - moved.penalty,
  };
  return { ...asked, total: totalOf(asked) + asked.charged };
}

function planOf({ number, dueDate, principal, interest, fee, balanceAfter }: PlannedInstalment): PlannedInstalment {
  return { number, dueDate, principal, interest, fee, balanceAfter };
}

/** Its total is `paid` + `unpaid` + `waived` + `forgone` + `writtenOff`; over a schedule the principals sum to what is disbursed. */
export function statedInstalment(instalment: LoanInstalment): StatedInstalment {
  const { paid, additions } = instalment;
  const { charged, moved, waived, forgone, writtenOff } = additions ?? NO_ADDITIONS;
  return {
    ...askedInstalment(instalment),
    prepaidPrincipal: min(charged.principal, paid.principal),
    moved: sumOfParts(moved),
    waived: sumOfParts(waived),
    forgone: sumOfParts(subtractParts(forgone, moved)),
    writtenOff: sumOfParts(writtenOff),
    paid: sumOfParts(paid),
    unpaid: remainder(instalment),
  };
}

/** All that the instalments stand for: what a loan asks for in all, paid or not. */
export const statedTotal = (instalments: readonly LoanInstalment[]): bigint =>
  instalments.reduce((sum, instalment) => sum + askedInstalment(instalment).total, 0n);
