import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type Apr, scheduleApr } from '../schedules/apr.ts';
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

/** The same for a loan that is recorded, and so has a schedule: throws where it has none. */
export function recordedSchedule(loan: PlannedLoan, disbursedOn: LocalDate): Schedule {
  const schedule = loanSchedule(loan, disbursedOn);
  if ('refused' in schedule) throw new Error(`A recorded loan has no schedule: ${schedule.detail}`);
  return schedule;
}

/** The annual rates of a recorded loan, where the money was paid out. */
export function recordedApr(loan: PlannedLoan, disbursedOn: LocalDate | null): Apr | null {
  return disbursedOn === null ? null : scheduleApr(recordedSchedule(loan, disbursedOn), loan.terms.frequency);
}
