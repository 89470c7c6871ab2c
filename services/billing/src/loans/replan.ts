import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { max } from '@tenor/money';
import {
  addParts,
  isSettled,
  type LoanInstalment,
  NO_ADDITIONS,
  NO_PARTS,
  remainderOf,
  remaindersOf,
  unpaidInstalment,
  withAdded,
} from '../delinquency/instalment.ts';
import { instalmentFee, interestTax } from '../products/charge.ts';
import { validateTerms } from '../products/term-rules.ts';
import { interestMethods, invalidTerm, type Terms } from '../products/terms.ts';
import { flatInterest } from '../schedules/flat.ts';
import { buildSchedule, type Disbursement, type PlannedInstalment } from '../schedules/schedule.ts';
import { feesWithTax, unpaidTax } from './fee-tax.ts';
import { interestBefore } from './interest-before.ts';
import type { LoanState } from './loan.ts';
import { continued, endedBy, planFrame } from './loan-schedule.ts';
import { newBasis, newTerms, owns, type PlanBasis, principalOfBasis } from './plan-basis.ts';
import { interestOfPlan, postponedOf } from './plan-interest.ts';
import { type Carried, handedOver, takingOver } from './plan-takeover.ts';
import { spreadAnew } from './spread-anew.ts';

/** What of a live loan can be agreed anew. Percentages are decimal text. */
export type LoanChange =
  | { readonly kind: 'rate_change'; readonly annualRatePercent: string }
  | {
      readonly kind: 'restructure';
      readonly annualRatePercent: string | null;
      readonly numberOfInstalments: number | null;
      readonly firstDueDate: LocalDate | null;
    }
  | { readonly kind: 'payment_holiday'; readonly instalments: number }
  | { readonly kind: 're_age'; readonly numberOfInstalments: number; readonly firstDueDate: LocalDate | null };

/** What makes a plan anew. */
export type PlanKind = LoanChange['kind'] | 'disbursement' | 'reduce_term' | 'reduce_instalment';

/** How the rest of a loan is to be planned. */
export interface Replan {
  readonly kind: PlanKind;
  /** The id of what makes it: a change, a disbursement, a payment or a use of credit. */
  readonly changeId: string;
  /** Percent per year from the day on; null: as it was. */
  readonly annualRatePercent: string | null;
  /** Null: as many instalments as are left. */
  readonly count: number | null;
  /** Null: the next that was planned. */
  readonly firstDueDate: LocalDate | null;
  /** So many instalments more, the first of which ask for nothing but fees. */
  readonly holiday: number;
  /** Whether what is due and unpaid goes along. */
  readonly withArrears: boolean;
  /** Principal that joins the loan on the day, in minor units. */
  readonly added: bigint;
  /** Principal that is paid back on the day before it is due, in minor units, which the instalments do not count yet. */
  readonly prepaid: bigint;
}

/** A plan that replaced that of the disbursement. */
export interface PlanInForce {
  readonly kind: PlanKind;
  readonly changeId: string;
  /** From 2. */
  readonly version: number;
  /** The day of the change that made it. */
  readonly on: LocalDate;
  /** The number of the last instalment that it left as it was; 0 for none. */
  readonly after: number;
  /** What it was planned over; the first is its start. */
  readonly disbursements: readonly Disbursement[];
  /** What of it was paid back before it was due. */
  readonly repayments: readonly Disbursement[];
  /** Of the plan that it continues. */
  readonly anchorDay: number | undefined;
}

export type Replanned = Pick<LoanState, 'instalments' | 'maturityDate' | 'terms' | 'plan'>;

export const NOTHING_NEW: Omit<Replan, 'kind' | 'changeId'> = {
  annualRatePercent: null,
  count: null,
  firstDueDate: null,
  holiday: 0,
  withArrears: false,
  added: 0n,
  prepaid: 0n,
};

/** What each kind of change asks of the plan. */
export function replanOf(change: LoanChange, changeId: string): Replan {
  const { kind } = change;
  const unchanged = { ...NOTHING_NEW, kind, changeId };
  switch (change.kind) {
    case 'rate_change':
      return { ...unchanged, annualRatePercent: change.annualRatePercent };
    case 'restructure': {
      const { annualRatePercent, numberOfInstalments: count, firstDueDate } = change;
      return { ...unchanged, annualRatePercent, count, firstDueDate };
    }
    case 'payment_holiday':
      return { ...unchanged, holiday: change.instalments };
    case 're_age': {
      const { numberOfInstalments: count, firstDueDate } = change;
      return { ...unchanged, count, firstDueDate, withArrears: true };
    }
    default:
      return change satisfies never;
  }
}

/**
 * The loan with all that is not due on `on` planned anew. Instalments that are due, or whose period has ended, stay, and
 * those after them are replaced by new ones from the last of those days on, so that the interest of the running period
 * is exact: a new rate counts from `on`, as does what joins the principal then, arrears included; what was paid back
 * bears interest until then, also where an instalment that is due was due before its period ends (`interestBefore`). Interest that does not follow from a rate is spread anew. The new instalments take over what
 * happened to the replaced ones (`takingOver`). Refuses `state_conflict` where nothing is left to plan, and what
 * `validateTerms` and `buildSchedule` refuse.
 */
export function replanned(loan: LoanState, on: LocalDate, asked: Replan): Replanned | Refusal {
  if (asked.holiday > 0 && !owns(loan.terms, 'principalGrace') && !owns(loan.terms, 'interestGrace')) {
    return invalidTerm('interestMethod', 'has no instalment that could ask for nothing');
  }
  const frame = planFrame(loan);
  const at = endedBy(frame, on);
  if (asked.holiday > 0 && loan.terms.interestGrace > at && loan.terms.interestGraceTreatment === 'waived') {
    return invalidTerm('interestGrace', 'is not over yet, and waives what a holiday would postpone');
  }
  const before = frame.instalments.slice(at);
  const replaced = before.every(isSettled) ? before.map((each) => closed(each, loan.terms)) : before;
  const kept = loan.instalments.slice(0, loan.instalments.length - replaced.length);
  const arrears = asked.withArrears ? kept.map(remaindersOf).reduce(addParts, NO_PARTS) : NO_PARTS;
  const basis = newBasis(frame, { at, replaced, on, added: arrears.principal + asked.added, prepaid: asked.prepaid });
  const terms = newTerms(loan, frame, { at, on, asked, principal: principalOfBasis(basis) });
  const left = replaced.reduce((sum, each) => sum + remainderOf(each, 'principal'), arrears.principal + asked.added);
  if (left === 0n || terms.numberOfInstalments === 0) return nothingToPlan(on);
  const tooEarly = checkFirstDueDate(asked.firstDueDate, on, basis);
  if (tooEarly !== undefined) return tooEarly;
  const next = frame.dates.nominal[at];
  const anchorDay = asked.firstDueDate === null && next !== undefined ? frame.dates.anchorDay : undefined;
  const { kind, changeId } = asked;
  const rest = { ...basis, anchorDay, replaced, added: asked.added, prepaid: asked.prepaid };
  const planned = validateTerms(terms, loan.currency) ?? planRest({ ...loan, terms }, rest, kind === 'reduce_term');
  if ('refused' in planned) return planned;
  const after = kept.at(-1)?.number ?? 0;
  const fresh = planned.map((row) => unpaidInstalment({ ...row, number: after + row.number }));
  const last = fresh.at(-1);
  if (last === undefined) return nothingToPlan(on);
  if (fresh.some(({ dueDate }) => dueDate <= on))
    return invalidTerm('firstDueDate', `makes an instalment due by ${on}`);
  const carried = {
    arrears: { ...arrears, principal: 0n },
    arrearsTax: asked.withArrears ? kept.reduce((sum, each) => sum + unpaidTax(loan.terms, each), 0n) : 0n,
    ...carriedInterest(loan.terms, postponedBefore(loan, at) + interestBefore(loan, frame, { ...rest, at, on, terms })),
  };
  return {
    instalments: [
      ...(asked.withArrears ? handedOver(kept) : kept),
      ...takingOver(fresh, paidBack(replaced, asked.prepaid), carried),
    ],
    maturityDate: last.dueDate,
    terms: { ...terms, numberOfInstalments: planned.length },
    plan: { kind, changeId, version: (loan.plan?.version ?? 1) + 1, on, after, ...basis, anchorDay },
  };
}

/** A first due date that is asked for comes after the day of the change, and after the last period that stays. */
function checkFirstDueDate(firstDueDate: LocalDate | null, on: LocalDate, basis: PlanBasis): Refusal | undefined {
  if (firstDueDate === null) return undefined;
  if (firstDueDate <= on) return invalidTerm('firstDueDate', `must be after ${on}, the value date of the change`);
  const start = basis.disbursements[0]?.on;
  if (start === undefined || firstDueDate > start) return undefined;
  return invalidTerm('firstDueDate', `must be after ${start}, when the last period that stays ends`);
}

function nothingToPlan(on: LocalDate): Refusal {
  return {
    refused: 'state_conflict',
    detail: `Nothing is left to be planned anew on ${on}.`,
    meta: { status: 'active', allowed: ['active'] },
  };
}

interface Rest extends PlanBasis, Pick<PlanInForce, 'anchorDay'> {
  readonly replaced: readonly LoanInstalment[];
  /** Principal that joins now, in minor units. */
  readonly added: bigint;
}

/**
 * Where interest does not follow from a rate, what was still planned of it is spread over the instalments that ask, and
 * with it what added principal costs of its own.
 * With `keepsInstalment` an instalment asks for what it did, so that fewer are needed.
 */
function planRest(
  loan: LoanState,
  { replaced, added, ...basis }: Rest,
  keepsInstalment: boolean,
): readonly PlannedInstalment[] | Refusal {
  const { terms, currency, closedDays } = loan;
  const askedFor = loan.paidOut.reduce((sum, { amount }) => sum + amount, 0n);
  const input = { ...basis, terms: continued(terms, basis), currency, closedDays, askedFor };
  if (interestMethods[terms.interestMethod].rate === 'periodic') {
    const instalment = keepsInstalment ? usualInstalment(loan, replaced) : undefined;
    const schedule = buildSchedule({ ...input, instalment });
    if ('refused' in schedule) return schedule;
    return instalment === undefined ? schedule.instalments : untilRepaid(schedule.instalments);
  }
  const schedule = buildSchedule({ ...input, terms: { ...input.terms, interestMethod: 'none' } });
  if ('refused' in schedule) return schedule;
  const planned = replaced.reduce((sum, each) => sum + each.interest, 0n);
  const own = terms.interestMethod === 'flat' ? flatInterest(terms, added, schedule.instalments.length) : 0n;
  const interest = planned + own;
  return spreadAnew(schedule.instalments, interest, terms, currency).map((row) => ({
    ...row,
    fee: instalmentFee(terms, currency, askedFor, row.interest),
  }));
}

/** What an instalment of the plan that is replaced asks for (`PlanInput`): the last may ask for less, the first for more. */
function usualInstalment({ terms }: LoanState, replaced: readonly LoanInstalment[]): bigint | undefined {
  const repaying = replaced.filter(({ principal }) => principal > 0n);
  const usual = repaying.at(-2) ?? repaying.at(-1);
  if (usual === undefined) return undefined;
  return terms.interestMethod === 'equal_principal' ? usual.principal : usual.principal + usual.interest;
}

/** Without the instalments after the last that asks for anything, but with one at least. */
function untilRepaid(instalments: readonly PlannedInstalment[]): readonly PlannedInstalment[] {
  const last = instalments.findLastIndex(({ principal, interest }) => principal + interest > 0n);
  return instalments.slice(0, Math.max(last, 0) + 1);
}

/** Interest of so many first periods that the plan in force left to later instalments, in minor units. */
function postponedBefore(loan: LoanState, at: number): bigint {
  const periods = interestOfPlan(loan).slice(0, at);
  return max(
    periods.reduce((sum, period) => sum + postponedOf(period, loan.terms.rounding), 0n),
    0n,
  );
}

/** With the tax on it; below zero it is given back. */
function carriedInterest(terms: Terms, interest: bigint): Pick<Carried, 'postponed' | 'givenBack'> {
  const withTax = (minor: bigint) => ({ interest: minor, fee: interestTax(terms, minor) });
  return { postponed: withTax(max(interest, 0n)), givenBack: withTax(max(-interest, 0n)) };
}

/**
 * An instalment of a loan that was paid: it asked for what was paid of it and for principal that was given up, and for
 * nothing that is still to come.
 */
function closed(instalment: LoanInstalment, terms: Terms): LoanInstalment {
  const { paid } = instalment;
  const chargedTax = max(paid.fee - feesWithTax(terms, instalment), 0n);
  const given = { ...NO_PARTS, principal: instalment.additions?.waived.principal ?? 0n };
  const additions = { ...NO_ADDITIONS, charged: addParts(paid, given), waived: given, chargedTax };
  return { ...instalment, principal: 0n, interest: 0n, fee: 0n, additions };
}

/** The first instalment as one that was paid with the principal, and charged with it: nothing of it is owed anew. */
function paidBack([first, ...later]: readonly LoanInstalment[], principal: bigint): LoanInstalment[] {
  if (first === undefined) return [];
  if (principal === 0n) return [first, ...later];
  const parts = { ...NO_PARTS, principal };
  return [{ ...withAdded(first, 'charged', parts), paid: addParts(first.paid, parts) }, ...later];
}
