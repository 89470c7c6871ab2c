import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { buildSchedule, type Schedule } from '../schedules/schedule.ts';
import type { LoanState } from './loan.ts';

/** What a loan's schedule follows from, besides the day of disbursement. */
export type PlannedLoan = Pick<LoanState, 'terms' | 'closedDays' | 'currency' | 'principal'>;

/** The schedule of a loan that is paid out whole on one day. Refuses what `buildSchedule` refuses. */
export function loanSchedule(
  { terms, closedDays, currency, principal: amount }: PlannedLoan,
  on: LocalDate,
): Schedule | Refusal {
  return buildSchedule({ terms, currency, disbursements: [{ on, amount }], closedDays });
}
