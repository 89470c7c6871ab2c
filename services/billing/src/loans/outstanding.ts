import type { LocalDate } from '@tenor/calendar';
import { delinquency } from '../delinquency/delinquency.ts';
import { isSettled, remainder, remainderOf } from '../delinquency/instalment.ts';
import type { Parts } from '../schedules/schedule.ts';
import type { LoanState } from './loan.ts';

/** What a loan owes by its schedule (domain.md §7), in minor units. */
export interface Outstanding extends Parts {
  /** All that is unpaid, due or not. */
  readonly total: bigint;
  /** Of it, what is due on `asOf` or before. */
  readonly dueNow: bigint;
  /** Of it, what is missed. */
  readonly overdue: bigint;
}

/**
 * What the loan in this state owes, told on `asOf`, which decides only what of it is due. For what it owed in the past,
 * fold it as of then. A loan that was not paid out owes nothing.
 */
export function outstanding(state: LoanState, asOf: LocalDate): Outstanding {
  const sums = { principal: 0n, interest: 0n, fee: 0n, penalty: 0n, total: 0n, dueNow: 0n };
  for (const instalment of state.disbursedOn === null ? [] : state.instalments) {
    if (isSettled(instalment)) continue;
    sums.principal += remainderOf(instalment, 'principal');
    sums.interest += remainderOf(instalment, 'interest');
    sums.fee += remainderOf(instalment, 'fee');
    sums.penalty += remainderOf(instalment, 'penalty');
    sums.total += remainder(instalment);
    if (instalment.dueDate <= asOf) sums.dueNow += remainder(instalment);
  }
  return { ...sums, overdue: delinquency(state, asOf).arrears };
}

/** Whether all that the loan owes is at most this, in minor units; asks no more instalments than it takes to tell. */
export function owesAtMost({ disbursedOn, instalments }: LoanState, limit: bigint): boolean {
  if (disbursedOn === null) return true;
  let owed = 0n;
  return instalments.every((instalment) => {
    if (!isSettled(instalment)) owed += remainder(instalment);
    return owed <= limit;
  });
}

/** All that the loan owes, due or not; 0 before it is paid out. */
export function totalOwed({ disbursedOn, instalments }: LoanState): bigint {
  return disbursedOn === null ? 0n : instalments.reduce((sum, instalment) => sum + remainder(instalment), 0n);
}
