export { businessDate, isTimeZone } from './business-date.ts';
export {
  type BusinessDayRule,
  businessDayRules,
  type ClosedDays,
  closedDaysFrom,
  isClosed,
  NEVER_CLOSED,
  shiftDueDate,
} from './closed-days.ts';
export { type DayCount, dayCounts, type YearFraction, yearBasis, yearFraction } from './day-count.ts';
export { type DueDates, type DueDateTerms, dueDatesOf } from './due-dates.ts';
export { anchorDayOf, type Frequency, type FrequencyUnit, frequencyUnits, isDaily } from './frequency.ts';
export {
  addDays,
  addMonths,
  compareDates,
  date,
  dayOf,
  daysBetween,
  daysInMonth,
  isLeapYear,
  isLocalDate,
  type LocalDate,
  monthOf,
  weekdayOf,
  yearOf,
} from './local-date.ts';
export { sheetDate } from './sheet-date.ts';
