import type { LocalDate } from './local-date.ts';

export const businessDayRules = ['none', 'following', 'modified_following', 'preceding'] as const;

/** Where a due date moves that falls on a closed day: nowhere, on, on unless that leaves its month, or back. */
export type BusinessDayRule = (typeof businessDayRules)[number];

/** The days on which nothing falls due. */
export interface ClosedDays {
  /** ISO weekdays, Monday 1 to Sunday 7. */
  readonly weekend: readonly number[];
  /** In ascending order. */
  readonly holidays: readonly LocalDate[];
}

/** The calendar without a closed day. */
export const NEVER_CLOSED: ClosedDays = { weekend: [], holidays: [] };
