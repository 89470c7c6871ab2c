import { addMonths, dueDates, type LocalDate, yearOf } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount, MAX_MINOR, type Money, parseAmount } from '@tenor/money';
import { MAX_TERM_YEARS } from '../products/term-rules.ts';
import { type InterestMethod, invalidTerm, type Terms } from '../products/terms.ts';
import { planAnnuity } from './annuity.ts';
import { planFlat, planWithoutInterest } from './flat.ts';
import type { PlanInput, PlannedParts, Planner } from './plan.ts';

/** The four components of what an instalment asks, in minor units. */
export interface Parts {
  readonly principal: bigint;
  readonly interest: bigint;
  readonly fee: bigint;
  readonly penalty: bigint;
}

/** One row of a schedule; amounts in minor units of the loan's currency. */
export interface PlannedInstalment {
  /** From 1. */
  readonly number: number;
  readonly dueDate: LocalDate;
  readonly principal: bigint;
  readonly interest: bigint;
  readonly fee: bigint;
  /** Principal still to be repaid once this instalment is. */
  readonly balanceAfter: bigint;
}

const planners: Readonly<Partial<Record<InterestMethod, Planner>>> = {
  flat: planFlat,
  annuity: planAnnuity,
  none: planWithoutInterest,
};

const LAST_YEAR = 9999;

/**
 * The instalments that terms give (domain.md §3): the principals sum to the principal, the balance ends at 0, no part
 * is negative, due dates strictly increase. Expects terms that `validateTerms` passed. Refuses
 * `principal_out_of_bounds` for less than one minor unit per instalment, and `terms_invalid` for a first due date that
 * is not after the disbursement, for a term that is too long and for a total that is too large.
 */
export function buildSchedule(terms: Terms, principal: Money, disbursedOn: LocalDate): PlannedInstalment[] | Refusal {
  const refusal = checkPrincipal(terms, principal) ?? checkDates(terms, disbursedOn);
  if (refusal !== undefined) return refusal;
  const input: PlanInput = {
    terms,
    principal: principal.minor,
    multiple: multipleOf(terms, principal.currency),
    disbursedOn,
    dueDates: dueDates(disbursedOn, terms.frequency, terms.numberOfInstalments, terms.firstDueDate),
  };
  const planner = planners[terms.interestMethod];
  if (planner === undefined) return invalidTerm('interestMethod', 'is not supported yet');
  const instalments = numbered(input, planner(input));
  return checkEnd(input) ?? checkTotal(instalments) ?? instalments;
}

/** What an instalment asks in all, in minor units. */
export function totalOf({ principal, interest, fee }: PlannedInstalment): bigint {
  return principal + interest + fee;
}

function checkPrincipal({ numberOfInstalments }: Terms, { minor, currency }: Money): Refusal | undefined {
  if (minor >= BigInt(numberOfInstalments)) return undefined;
  const least = formatAmount(BigInt(numberOfInstalments), currency);
  return {
    refused: 'principal_out_of_bounds',
    detail: `${numberOfInstalments} instalments need a principal of at least ${least} ${currency}.`,
    meta: { min: least, currency },
  };
}

function checkDates({ firstDueDate }: Terms, disbursedOn: LocalDate): Refusal | undefined {
  if (firstDueDate !== null && firstDueDate <= disbursedOn) {
    return invalidTerm('firstDueDate', `must be after the disbursement on ${disbursedOn}`);
  }
  if (yearOf(firstDueDate ?? disbursedOn) + MAX_TERM_YEARS >= LAST_YEAR) {
    return invalidTerm('firstDueDate', `leaves due dates after the year ${LAST_YEAR}`);
  }
  return undefined;
}

const MONTHS_PER_YEAR = 12;

/** A late first due date can make a term long that its frequency and number do not. */
function checkEnd({ disbursedOn, dueDates: dates }: PlanInput): Refusal | undefined {
  const last = dates.at(-1) ?? disbursedOn;
  if (last <= addMonths(disbursedOn, MAX_TERM_YEARS * MONTHS_PER_YEAR)) return undefined;
  return invalidTerm('firstDueDate', `makes the loan longer than ${MAX_TERM_YEARS} years`);
}

/** The limit of single amounts holds for the whole loan too, so that whoever reads its events can keep them. */
function checkTotal(instalments: readonly PlannedInstalment[]): Refusal | undefined {
  const total = instalments.reduce((sum, instalment) => sum + totalOf(instalment), 0n);
  if (total <= MAX_MINOR) return undefined;
  return {
    refused: 'principal_out_of_bounds',
    detail: 'The total to be repaid is larger than this system keeps books for.',
  };
}

function multipleOf({ instalmentMultiple }: Terms, currency: string): bigint {
  if (instalmentMultiple === null) return 1n;
  const minor = parseAmount(instalmentMultiple, currency);
  if (typeof minor !== 'bigint' || minor <= 0n) throw new Error('an instalment multiple passed its validation');
  return minor;
}

function numbered({ principal, dueDates: dates }: PlanInput, plan: readonly PlannedParts[]): PlannedInstalment[] {
  let balance = principal;
  const instalments = plan.map((parts, index): PlannedInstalment => {
    const dueDate = dates[index];
    if (dueDate === undefined) throw new Error('a plan has more instalments than due dates');
    if (parts.principal < 0n || parts.interest < 0n) throw new Error(`instalment ${index + 1} has a negative part`);
    balance -= parts.principal;
    return { number: index + 1, dueDate, ...parts, fee: 0n, balanceAfter: balance };
  });
  if (balance !== 0n) throw new Error('the principals of a plan do not sum to the principal');
  return instalments;
}
