import { type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import type { Money } from '@tenor/money';
import type { Terms } from '../products/terms.ts';
import { buildSchedule, type Schedule } from '../schedules/schedule.ts';

/** The schedule of a loan that is paid out whole on one day, or what `buildSchedule` refuses. */
export function loanSchedule(terms: Terms, principal: Money, on: LocalDate): Schedule | Refusal {
  const { minor: amount, currency } = principal;
  return buildSchedule({ terms, currency, disbursements: [{ on, amount }], closedDays: NEVER_CLOSED });
}
