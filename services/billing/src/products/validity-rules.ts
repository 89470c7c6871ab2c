import { addDays, compareDates, date, dueDatesOf, NEVER_CLOSED } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { invalidField } from './policy-rules.ts';
import type { Product } from './product.ts';
import { latestEnd, MAX_TERM_YEARS } from './term-rules.ts';
import type { Terms } from './terms.ts';

/** The first and the last day that books may carry. */
const [FIRST_DAY, LAST_DAY] = [date('1900-01-01'), date('2199-12-31')];

/** Refuses `terms_invalid` for dates between which there is no day. */
export function checkValidity({ validFrom, validTo }: Product): Refusal | undefined {
  const isReversed = validFrom !== null && validTo !== null && validTo < validFrom;
  return isReversed ? invalidField('valid_to', 'is before valid_from') : undefined;
}

/**
 * Refuses `terms_invalid` for a first due date that suits no day on which the product makes loans. The last day before
 * it that leaves the days that must lie between is the one with the shortest loan.
 */
export function checkFirstDueDate({ validFrom, validTo }: Product, terms: Terms): Refusal | undefined {
  const { firstDueDate, minimumDaysToFirstDue, frequency, numberOfInstalments: count } = terms;
  if (firstDueDate === null) return undefined;
  const days = Math.max(minimumDaysToFirstDue, 1);
  const [from, to] = [validFrom ?? FIRST_DAY, validTo ?? LAST_DAY];
  const nearest = addDays(firstDueDate, -days);
  if (nearest < from) {
    return invalidField('first_due_date', `must be ${addDays(from, days)} or later, as no loan is made before ${from}`);
  }
  const disbursedOn = compareDates(nearest, to) < 0 ? nearest : to;
  const free = { minimumDaysToFirstDue, rule: 'none', closedDays: NEVER_CLOSED } as const;
  const last = dueDatesOf({ disbursedOn, frequency, count, firstDueDate, ...free })?.nominal.at(-1);
  if (last === undefined || last <= latestEnd(disbursedOn)) return undefined;
  return invalidField('first_due_date', `makes each loan longer than ${MAX_TERM_YEARS} years`);
}
