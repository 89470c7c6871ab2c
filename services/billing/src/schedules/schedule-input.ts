import { addDays, type ClosedDays, type DueDates, dueDatesOf, type LocalDate, yearOf } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { MAX_MINOR } from '@tenor/money';
import type { Disbursement } from '../products/charge.ts';
import { latestEnd, MAX_TERM_YEARS } from '../products/term-rules.ts';
import { invalidTerm, type Terms } from '../products/terms.ts';
import { firstChanged } from './interest-periods.ts';

/** What a schedule follows from. */
export interface ScheduleInput {
  /** Such as `validateTerms` passed. */
  readonly terms: Terms;
  readonly currency: string;
  /** In the order of their days; the first is the start of the loan. */
  readonly disbursements: readonly Disbursement[];
  /** Of the calendar that the terms name. */
  readonly closedDays: ClosedDays;
  /** Principal that was paid back before it was due, by day in their order; minor units. */
  readonly repayments?: readonly Disbursement[];
  /** Of the plan that this one continues (`DueDates`); left out: that of its own first due date. */
  readonly anchorDay?: number | undefined;
  /** The principal that fees of each instalment are a percentage of; left out: what was disbursed before it. */
  readonly askedFor?: bigint;
  /** What an instalment goes on asking for (`PlanInput`); left out: what the method makes of it. */
  readonly instalment?: bigint | undefined;
}

const LAST_YEAR = 9999;

/** Refuses `terms_invalid` for more disbursements than the terms allow, or out of order. */
export function checkDisbursements({ terms, disbursements }: ScheduleInput): Refusal | undefined {
  const { maximumDisbursements } = terms;
  if (disbursements.length > maximumDisbursements) {
    return invalidTerm('maximumDisbursements', `allows ${maximumDisbursements}, not ${disbursements.length}`);
  }
  const early = disbursements.find(({ on }, index) => on < (disbursements[index - 1]?.on ?? on));
  return early && invalidDisbursement(early.on, 'is before the one that it follows');
}

/**
 * The due dates, after every disbursement but those at the start. Refuses `terms_invalid` for a first due date that is
 * too near or too late, for due dates that a business-day rule makes meet, and for money paid out after them.
 */
export function datesOf({
  terms,
  disbursements,
  repayments = [],
  closedDays,
  anchorDay,
}: ScheduleInput): DueDates | Refusal {
  const { firstDueDate, frequency, numberOfInstalments: count, minimumDaysToFirstDue, businessDayRule: rule } = terms;
  const [first] = disbursements;
  if (first === undefined) throw new Error('a schedule needs a disbursement');
  const { on: disbursedOn } = first;
  const refusal = checkFirstDueDate(terms, disbursedOn);
  if (refusal !== undefined) return refusal;
  const days = { disbursedOn, frequency, count, firstDueDate, minimumDaysToFirstDue };
  const dates = dueDatesOf({ ...days, rule, closedDays, anchorDay });
  if (dates === undefined) return invalidTerm('businessDayRule', 'makes due dates meet on this calendar');
  if ((dates.nominal.at(-1) ?? disbursedOn) > latestEnd(disbursedOn)) {
    return invalidTerm('firstDueDate', `makes the loan longer than ${MAX_TERM_YEARS} years`);
  }
  const late = [...disbursements, ...repayments].find(({ on }) => firstChanged(dates, on) === -1);
  return late === undefined ? dates : invalidDisbursement(late.on, 'is not before the last instalment');
}

/** The limit of single amounts holds for the whole loan too, so that whoever reads its events can keep them. */
export function checkTotal(total: bigint): Refusal | undefined {
  if (total <= MAX_MINOR) return undefined;
  return {
    refused: 'principal_out_of_bounds',
    detail: 'The total to be repaid is larger than this system keeps books for.',
  };
}

function checkFirstDueDate(terms: Terms, disbursedOn: LocalDate): Refusal | undefined {
  const { firstDueDate, minimumDaysToFirstDue } = terms;
  if (firstDueDate !== null && firstDueDate <= disbursedOn) {
    return invalidTerm('firstDueDate', `must be after the disbursement on ${disbursedOn}`);
  }
  if (yearOf(firstDueDate ?? disbursedOn) + MAX_TERM_YEARS >= LAST_YEAR) {
    return invalidTerm('firstDueDate', `leaves due dates after the year ${LAST_YEAR}`);
  }
  if (firstDueDate !== null && firstDueDate < addDays(disbursedOn, minimumDaysToFirstDue)) {
    return invalidTerm('firstDueDate', `must be ${minimumDaysToFirstDue} days or more after ${disbursedOn}`);
  }
  return undefined;
}

function invalidDisbursement(on: LocalDate, fault: string): Refusal {
  return { refused: 'terms_invalid', detail: `The disbursement on ${on} ${fault}.`, meta: { disbursed_on: on } };
}
