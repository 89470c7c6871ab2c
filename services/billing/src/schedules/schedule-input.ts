import {
  addDays,
  addMonths,
  type ClosedDays,
  type DueDates,
  dueDatesOf,
  type LocalDate,
  yearOf,
} from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount, MAX_MINOR } from '@tenor/money';
import { MAX_TERM_YEARS } from '../products/term-rules.ts';
import { invalidTerm, type Terms } from '../products/terms.ts';
import type { ChargedDisbursement, Disbursement } from './charge.ts';
import { type Advance, firstChanged } from './interest-periods.ts';
import { statedAmount } from './stated-amount.ts';

/** What a schedule follows from. */
export interface ScheduleInput {
  /** Such as `validateTerms` passed. */
  readonly terms: Terms;
  readonly currency: string;
  /** In the order of their days; the first is the start of the loan. */
  readonly disbursements: readonly Disbursement[];
  /** Of the calendar that the terms name. */
  readonly closedDays: ClosedDays;
}

const LAST_YEAR = 9999;
const MONTHS_PER_YEAR = 12;

/**
 * Refuses `terms_invalid` for more disbursements than the terms allow or out of order, and `principal_out_of_bounds`
 * for a first one below one minor unit per instalment or a later one of nothing.
 */
export function checkDisbursements({ terms, currency, disbursements }: ScheduleInput): Refusal | undefined {
  const { maximumDisbursements, numberOfInstalments } = terms;
  if (disbursements.length > maximumDisbursements) {
    return invalidTerm('maximumDisbursements', `allows ${maximumDisbursements}, not ${disbursements.length}`);
  }
  const early = disbursements.find(({ on }, index) => on < (disbursements[index - 1]?.on ?? on));
  if (early !== undefined) return invalidDisbursement(early.on, 'is before the one that it follows');
  const least = disbursements.map((_, index) => (index === 0 ? BigInt(numberOfInstalments) : 1n));
  const small = disbursements.findIndex(({ amount }, index) => amount < (least[index] ?? 1n));
  const needed = least[small];
  if (needed === undefined) return undefined;
  const min = formatAmount(needed, currency);
  return {
    refused: 'principal_out_of_bounds',
    detail: `${numberOfInstalments} instalments need a disbursement of at least ${min} ${currency}.`,
    meta: { min, currency },
  };
}

/**
 * The due dates, after every disbursement but those at the start. Refuses `terms_invalid` for a first due date that is
 * too near or too late, for due dates that a business-day rule makes meet, and for money paid out after them.
 */
export function datesOf({ terms, disbursements, closedDays }: ScheduleInput): DueDates | Refusal {
  const { firstDueDate, frequency, numberOfInstalments: count, minimumDaysToFirstDue, businessDayRule: rule } = terms;
  const [first] = disbursements;
  if (first === undefined) throw new Error('a schedule needs a disbursement');
  const { on: disbursedOn } = first;
  const refusal = checkFirstDueDate(terms, disbursedOn);
  if (refusal !== undefined) return refusal;
  const dates = dueDatesOf({ disbursedOn, frequency, count, firstDueDate, minimumDaysToFirstDue, rule, closedDays });
  if (dates === undefined) return invalidTerm('businessDayRule', 'makes due dates meet on this calendar');
  if ((dates.nominal.at(-1) ?? disbursedOn) > addMonths(disbursedOn, MAX_TERM_YEARS * MONTHS_PER_YEAR)) {
    return invalidTerm('firstDueDate', `makes the loan longer than ${MAX_TERM_YEARS} years`);
  }
  const late = disbursements.find(({ on }) => firstChanged(dates, on) === -1);
  return late === undefined ? dates : invalidDisbursement(late.on, 'is not before the last instalment');
}

/** Refuses `terms_invalid` when a fee leaves nothing of a disbursement to pay out. */
export function checkPaidOut(disbursements: readonly ChargedDisbursement[]): Refusal | undefined {
  const consumed = disbursements.find(({ amount, deducted }) => deducted >= amount);
  return consumed && invalidTerm('fees', `leave nothing to pay out on ${consumed.on}`);
}

/** Refuses `principal_out_of_bounds` when less is lent than the last instalment is to repay. */
export function checkBalloon(terms: Terms, currency: string, advances: readonly Advance[]): Refusal | undefined {
  if (terms.interestMethod !== 'balloon') return undefined;
  const least = statedAmount(terms.balloonAmount, currency);
  const principal = advances.reduce((sum, advance) => sum + advance.principal, 0n);
  if (principal >= least) return undefined;
  const min = formatAmount(least, currency);
  return {
    refused: 'principal_out_of_bounds',
    detail: `The balloon of ${min} ${currency} is more than the instalments have to repay.`,
    meta: { min, currency },
  };
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
