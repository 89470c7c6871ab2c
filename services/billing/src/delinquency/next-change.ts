import { addDays, type LocalDate } from '@tenor/calendar';
import type { ProductPolicy } from '../products/product.ts';
import { elapsed, missed, type WatchedLoan } from './delinquency.ts';
import { isSettled } from './instalment.ts';
import { countedDays, countedOn } from './pause.ts';

/** A loan whose delinquency is followed from day to day, with what makes its remainders grow meanwhile. */
export interface FollowedLoan extends WatchedLoan {
  readonly policy: Pick<ProductPolicy, 'delinquency' | 'penalty' | 'lateInterest'>;
}

/**
 * The first day after `asOf` on which anything that is announced (whether the loan is delinquent, its bucket) could
 * change without another event; null when it never can. On all days before, it stays as it is on `asOf`.
 */
export function nextChange(loan: FollowedLoan, asOf: LocalDate): LocalDate | null {
  const { disbursedOn, instalments, pauses, policy } = loan;
  if (disbursedOn === null) return null;
  const { graceDays, buckets, maxDaysPastDue } = policy.delinquency;
  const past = elapsed(loan, asOf);
  const isMissed = missed(loan);
  const oldest = past.find(isMissed);
  const days: (LocalDate | null)[] = [];
  // With one missed, any instalment whose time passes counts: a paid one ends the row of missed ones.
  const upcoming = instalments.slice(past.length).find((each) => oldest !== undefined || !isSettled(each));
  if (upcoming !== undefined) days.push(countedOn(upcoming.dueDate, graceDays + 1, pauses));
  if (oldest !== undefined) {
    const daysPastDue = countedDays(oldest.dueDate, asOf, pauses);
    const limit = [...buckets, maxDaysPastDue].filter((last) => last >= daysPastDue).sort((a, b) => a - b)[0];
    if (limit !== undefined) days.push(countedOn(oldest.dueDate, limit + 1, pauses));
  }
  // What is left of an instalment may grow above the tolerance on any day.
  const grows = policy.penalty !== null || policy.lateInterest;
  if (grows && past.some((each) => !isSettled(each) && !isMissed(each))) days.push(addDays(asOf, 1));
  return days.filter((day) => day !== null).reduce(earlierOf, null);
}

const earlierOf = (one: LocalDate | null, other: LocalDate): LocalDate => (one === null || other < one ? other : one);
