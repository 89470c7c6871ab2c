import { type BusinessDayRule, type ClosedDays, shiftDueDate } from './closed-days.ts';
import { anchorDayOf, datesFrom, type Frequency, isDaily, naturalFirstDueDate } from './frequency.ts';
import { addDays, type LocalDate } from './local-date.ts';

export interface DueDateTerms {
  readonly disbursedOn: LocalDate;
  readonly frequency: Frequency;
  /** How many due dates. */
  readonly count: number;
  /** Null: the natural one, a whole number of periods after the disbursement. */
  readonly firstDueDate: LocalDate | null;
  /** From the disbursement to the natural first due date as it was before any shift; a given one is not moved. */
  readonly minimumDaysToFirstDue: number;
  readonly rule: BusinessDayRule;
  readonly closedDays: ClosedDays;
  /** Of the dates that these continue; left out: that of the first due date. */
  readonly anchorDay?: number | undefined;
}

/** Two dates per instalment, each list strictly increasing and after the disbursement. */
export interface DueDates {
  /** The nominal day that short months are capped from; whole months are counted along it. */
  readonly anchorDay: number;
  /** The ends of the interest periods. */
  readonly nominal: readonly LocalDate[];
  /** The days on which the instalments fall due. */
  readonly due: readonly LocalDate[];
}

/**
 * The due dates of a schedule (domain.md §1). A business-day rule moves a due date that falls on a closed day, and
 * neither the dates after it nor the interest periods. A daily frequency skips closed days instead, whatever the
 * rule: its due dates are the open days themselves, and their interest periods run from one to the next. Undefined
 * when a shift would make a due date meet or pass another or the disbursement, and when no open day is near enough.
 * Throws RangeError when the dates leave the calendar (year 9999).
 */
export function dueDatesOf(terms: DueDateTerms): DueDates | undefined {
  const { disbursedOn, frequency, count, firstDueDate, minimumDaysToFirstDue, rule, closedDays } = terms;
  const anchorDay = terms.anchorDay ?? anchorDayOf(disbursedOn, frequency, firstDueDate, minimumDaysToFirstDue);
  const first = firstDueDate ?? naturalFirstDueDate(disbursedOn, frequency, minimumDaysToFirstDue);
  if (isDaily(frequency)) {
    const open = openDays(closedDays, first, count);
    return open && { anchorDay, nominal: open, due: open };
  }
  const nominal = datesFrom(first, frequency, count, anchorDay);
  const due: LocalDate[] = [];
  for (const day of nominal) {
    const shifted = shiftDueDate(rule, closedDays, day);
    if (shifted === undefined || shifted <= (due.at(-1) ?? disbursedOn)) return undefined;
    due.push(shifted);
  }
  return { anchorDay, nominal, due };
}

/** So many open days in turn, from this day on. */
function openDays(closedDays: ClosedDays, from: LocalDate, count: number): LocalDate[] | undefined {
  const open: LocalDate[] = [];
  let candidate = from;
  while (open.length < count) {
    const next = shiftDueDate('following', closedDays, candidate);
    if (next === undefined) return undefined;
    open.push(next);
    candidate = addDays(next, 1);
  }
  return open;
}
