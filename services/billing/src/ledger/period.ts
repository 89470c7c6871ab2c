import { addMonths, date, type LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';

/** A month of the books by its first day. */
export type Month = LocalDate;

/** The month of a text YYYY-MM; throws for one that names none. */
export const monthFrom = (text: string): Month => date(`${text}-01`);

export const monthText = (month: Month): string => month.slice(0, 'YYYY-MM'.length);
export const monthAfter = (month: Month): Month => addMonths(month, 1);

/**
 * Whether `month` may be closed: it is over, and the first that is open. Before any was closed that is whichever month
 * is chosen, and those before it close with it. Refuses `period_not_over` and `state_conflict`.
 *
 * @param lastClosed the latest closed month, null for none
 */
export function checkClose(month: Month, lastClosed: Month | null, today: LocalDate): Refusal | undefined {
  if (lastClosed !== null && month <= lastClosed) {
    return conflict('closed', `The month ${monthText(month)} is closed already.`, lastClosed);
  }
  if (lastClosed !== null && month > monthAfter(lastClosed)) {
    return conflict('open', `The months before ${monthText(month)} are not closed yet.`, lastClosed);
  }
  const end = monthAfter(month);
  if (today >= end) return undefined;
  const detail = `The month ${monthText(month)} is over on ${end}; today is ${today}.`;
  return { refused: 'period_not_over', detail, meta: { business_date: today } };
}

function conflict(status: 'open' | 'closed', detail: string, lastClosed: Month): Refusal {
  return { refused: 'state_conflict', detail, meta: { status, allowed: [monthText(monthAfter(lastClosed))] } };
}
