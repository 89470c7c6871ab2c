import { type BusinessDayRule, type DayCount, type FrequencyUnit, isDaily, yearBasis } from '@tenor/calendar';
import { interestMethods, type Terms } from '../products/terms.ts';
import { counted } from './words.ts';

const shifts: Readonly<Record<BusinessDayRule, string>> = {
  none: 'it stays there',
  following: 'it moves to the next open day',
  modified_following: 'it moves to the next open day of its month, else to the one before',
  preceding: 'it moves to the open day before',
};

/** What closed days do to due dates; undefined without a calendar. */
export function closedDaysInWords({ calendar, businessDayRule, frequency }: Terms): string | undefined {
  if (calendar === null) return undefined;
  if (isDaily(frequency)) return `skipped: instalments fall due on open days only (calendar ${calendar})`;
  return `where a due date falls on a closed day (calendar ${calendar}), ${shifts[businessDayRule]}`;
}

/** How time counts for the interest; undefined where interest does not depend on it. */
export function countingInWords({ interestMethod, flatRateBasis, dayCount, frequency }: Terms): string | undefined {
  const { rate } = interestMethods[interestMethod];
  if (rate === 'flat') {
    if (flatRateBasis === 'whole_term') return undefined;
    return `each period counts ${nominal[frequency.unit](frequency.every, dayCount)}, whatever its dates`;
  }
  if (rate !== 'periodic') return undefined;
  const hasMonths = frequency.unit !== 'day' && frequency.unit !== 'week';
  if (dayCount === '30/360' && !hasMonths) return 'the days that pass, over a year of 360 (30/360 without months)';
  return dayCounting[dayCount];
}

type Nominal = (every: number, dayCount: DayCount) => string;

const days = (count: number, dayCount: DayCount): string =>
  `${counted(count, 'day')} over a year of ${yearBasis(dayCount)} (${dayCount})`;

/** A flat rate per year is spread over periods, not dates. */
const nominal: Readonly<Record<FrequencyUnit, Nominal>> = {
  day: days,
  week: (every, dayCount) => days(7 * every, dayCount),
  semi_month: (every) => `${every}/24 of a year`,
  month: (every) => `${every}/12 of a year`,
  quarter: (every) => `${every}/4 of a year`,
};

const dayCounting: Readonly<Record<DayCount, string>> = {
  '30/360': 'each month counts 30 days and a part of one its share of them, a year 360 (30/360)',
  'act/360': 'the days that pass, over a year of 360 (act/360)',
  'act/364': 'the days that pass, over a year of 364 (act/364)',
  'act/365': 'the days that pass, over a year of 365 (act/365)',
  'act/act-isda': 'the days that pass, over the 365 or 366 of their year (act/act-isda)',
  'act/act-fineract': 'the days that pass, over the 365 or 366 of their year (act/act-fineract)',
};
