import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { buildSchedule, type Schedule } from '../schedules/schedule.ts';
import type { LoanState } from './loan.ts';

/** The schedule of a loan that is paid out whole on one day, or what `buildSchedule` refuses. */
export function loanSchedule(
  {
    terms,
    closedDays,
    currency,
    principal: amount,
  }: Pick<LoanState, 'terms' | 'closedDays' | 'currency' | 'principal'>,
  on: LocalDate,
): Schedule | Refusal {
  return buildSchedule({ terms, currency, disbursements: [{ on, amount }], closedDays });
}
