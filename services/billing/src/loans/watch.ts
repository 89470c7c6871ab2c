import { addDays, date, type LocalDate } from '@tenor/calendar';
import { delinquency } from '../delinquency/delinquency.ts';
import { untold } from '../delinquency/due-soon.ts';
import { nextChange } from '../delinquency/next-change.ts';
import { aged } from '../penalties/passing-days.ts';
import { nextEarning } from './earned-income.ts';
import type { LoanState } from './loan.ts';
import type { Standing } from './loan-book.ts';

const LAST_DAY = date('2199-12-31');

/** The next day after `today` on which something of an aged loan could have to be announced or booked; null for none. */
export function nextVisit(loan: LoanState, today: LocalDate): LocalDate | null {
  const days = [nextChange(loan, today), nextEarning(loan, today)].filter((day) => day !== null);
  return days.toSorted()[0] ?? null;
}

/**
 * Whether what is kept of announcements fits the loan, whatever day it was reckoned on: until the day before the next
 * visit nothing changes, so that it must be what that day says. A visit that is due already only comes early.
 */
export function isStanding(
  state: LoanState,
  { announced, nextChangeOn, nextDueOn }: Pick<Standing, 'announced' | 'nextChangeOn' | 'nextDueOn'>,
): boolean {
  const since = state.lastKey?.valueDate;
  if (since === undefined) return false;
  if (nextDueOn !== null && nextDueOn > since) {
    if (untold(state, nextDueOn, announced.dues)[0]?.dueDate !== nextDueOn) return false;
  }
  if (nextChangeOn !== null && nextChangeOn <= since) return true;
  const day = nextChangeOn === null ? LAST_DAY : addDays(nextChangeOn, -1);
  const loan = aged(state, day);
  const { isDelinquent, bucket } = delinquency(loan, day);
  return (
    announced.isDelinquent === isDelinquent && announced.bucket === bucket && nextVisit(loan, day) === nextChangeOn
  );
}
