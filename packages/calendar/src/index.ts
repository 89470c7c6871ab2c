export { businessDate, isTimeZone } from './business-date.ts';
export { type BusinessDayRule, businessDayRules, type ClosedDays, NEVER_CLOSED } from './closed-days.ts';
export { type DayCount, dayCounts, isDayCount, type YearFraction, yearBasis, yearFraction } from './day-count.ts';
export { anchorDayOf, dueDates, type Frequency, type FrequencyUnit, frequencyUnits } from './frequency.ts';
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
  yearOf,
} from './local-date.ts';
