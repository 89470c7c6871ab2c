import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type Apr, scheduleApr } from '../schedules/apr.ts';
import { buildSchedule, frameOf, type Schedule, type ScheduleFrame } from '../schedules/schedule.ts';
import type { LoanInstalment, LoanState } from './loan.ts';

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

/** The periods of the plan in force of a loan that was paid out. */
export interface PlanFrame extends ScheduleFrame {
  /** When its first period begins. */
  readonly start: LocalDate;
  /** One per period: a down payment, which has none, is left out. */
  readonly instalments: readonly LoanInstalment[];
}

export function planFrame(loan: LoanState): PlanFrame {
  const { terms, closedDays, currency, principal: amount, disbursedOn, instalments, plan } = loan;
  if (disbursedOn === null) throw new Error(`Loan ${loan.loanId} was not paid out`);
  const { after, disbursements, anchorDay } = plan ?? {
    after: terms.downPaymentPercent === null ? 0 : 1,
    disbursements: [{ on: disbursedOn, amount }],
    anchorDay: undefined,
  };
  const frame = frameOf({ terms, currency, disbursements, closedDays, anchorDay });
  if ('refused' in frame) throw new Error(`A recorded loan has no schedule: ${frame.detail}`);
  const start = disbursements[0]?.on ?? disbursedOn;
  return { ...frame, start, instalments: instalments.filter(({ number }) => number > after) };
}
