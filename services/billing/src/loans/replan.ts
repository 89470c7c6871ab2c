import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { max } from '@tenor/money';
import {
  addParts,
  askedOf,
  isSettled,
  type LoanInstalment,
  NO_ADDITIONS,
  NO_PARTS,
  remainderOf,
  remaindersOf,
  sumOfParts,
  unpaidInstalment,
} from '../delinquency/instalment.ts';
import { instalmentFee } from '../products/charge.ts';
import { validateTerms } from '../products/term-rules.ts';
import { interestMethods, invalidTerm, type Terms } from '../products/terms.ts';
import { buildSchedule, type Disbursement, type Parts, type PlannedInstalment } from '../schedules/schedule.ts';
import { withRateFrom } from '../schedules/yearly-rate.ts';
import type { LoanState } from './loan.ts';
import { type PlanFrame, planFrame } from './loan-schedule.ts';
import { interestOfPlan, postponedOf } from './plan-interest.ts';

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

/** How the rest of a loan is to be planned. */
export interface Replan {
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
}

/** A plan that replaced that of the disbursement. */
export interface PlanInForce {
  /** From 2. */
  readonly version: number;
  /** The day of the change that made it. */
  readonly on: LocalDate;
  /** The number of the last instalment that it left as it was; 0 for none. */
  readonly after: number;
  /** What it was planned over; the first is its start. */
  readonly disbursements: readonly Disbursement[];
  /** Of the plan that it continues. */
  readonly anchorDay: number | undefined;
}

export type Replanned = Pick<LoanState, 'instalments' | 'maturityDate' | 'terms' | 'plan'>;

const NOTHING_NEW: Replan = {
  annualRatePercent: null,
  count: null,
  firstDueDate: null,
  holiday: 0,
  withArrears: false,
};

/** What each kind of change asks of the plan. */
export function replanOf(change: LoanChange): Replan {
  switch (change.kind) {
    case 'rate_change':
      return { ...NOTHING_NEW, annualRatePercent: change.annualRatePercent };
    case 'restructure': {
      const { annualRatePercent, numberOfInstalments: count, firstDueDate } = change;
      return { ...NOTHING_NEW, annualRatePercent, count, firstDueDate };
    }
    case 'payment_holiday':
      return { ...NOTHING_NEW, holiday: change.instalments };
    case 're_age': {
      const { numberOfInstalments: count, firstDueDate } = change;
      return { ...NOTHING_NEW, count, firstDueDate, withArrears: true };
    }
    default:
      return change satisfies never;
  }
}

/**
 * The loan with all that is not due on `on` planned anew. Instalments that are due stay, and those after them are
 * replaced by new ones from the last due date on, so that the interest of the running period is exact: a new rate counts
 * from `on`, arrears that go along bear interest from then. Interest that does not follow from a rate is spread anew.
 * What was paid in advance, and what was charged to replaced instalments or left to them, goes with the first new one.
 * What was waived of a replaced plan goes with that plan. Refuses `state_conflict` where nothing is left to plan, and
 * what `validateTerms` and `buildSchedule` refuse.
 */
export function replanned(loan: LoanState, on: LocalDate, asked: Replan): Replanned | Refusal {
  if (asked.holiday > 0 && !owns(loan.terms, 'principalGrace') && !owns(loan.terms, 'interestGrace')) {
    return invalidTerm('interestMethod', 'has no instalment that could ask for nothing');
  }
  const frame = planFrame(loan);
  const at = frame.instalments.filter(({ dueDate }) => dueDate <= on).length;
  const kept = loan.instalments.filter(({ dueDate }) => dueDate <= on);
  const replaced = frame.instalments.slice(at);
  const arrears = asked.withArrears ? kept.map(remaindersOf).reduce(addParts, NO_PARTS) : NO_PARTS;
  const disbursements = newBasis(frame, { at, on, arrears: arrears.principal });
  if (disbursements.length === 0) return nothingToPlan(on);
  const terms = newTerms(loan, frame, at, on, asked);
  const next = frame.dates.nominal[at];
  const anchorDay = asked.firstDueDate === null && next !== undefined ? frame.dates.anchorDay : undefined;
  const planned =
    validateTerms(terms, loan.currency) ?? planRest({ ...loan, terms }, { disbursements, anchorDay, replaced });
  if ('refused' in planned) return planned;
  const after = kept.at(-1)?.number ?? 0;
  const carried = { ...arrears, interest: arrears.interest + postponedUntil(loan, on), principal: 0n };
  const fresh = planned.map((row) => unpaidInstalment({ ...row, number: after + row.number }));
  const [first, ...later] = fresh;
  const last = fresh.at(-1);
  if (first === undefined || last === undefined) return nothingToPlan(on);
  return {
    instalments: [
      ...(asked.withArrears ? kept.map(withoutRest) : kept),
      takingOver(first, replaced, carried),
      ...later,
    ],
    maturityDate: last.dueDate,
    terms,
    plan: { version: (loan.plan?.version ?? 1) + 1, on, after, disbursements, anchorDay },
  };
}

function nothingToPlan(on: LocalDate): Refusal {
  return {
    refused: 'state_conflict',
    detail: `Nothing is left to be planned anew on ${on}.`,
    meta: { status: 'active', allowed: ['active'] },
  };
}

/** What the new plan is over: the principal not due, from the last due date on, and the arrears that go along. */
function newBasis(
  { start, dates, instalments }: PlanFrame,
  { at, on, arrears }: { at: number; on: LocalDate; arrears: bigint },
): Disbursement[] {
  const from = at === 0 ? start : (dates.nominal[at - 1] ?? start);
  const notDue = instalments.slice(at).reduce((sum, instalment) => sum + remainderOf(instalment, 'principal'), 0n);
  if (notDue === 0n) return arrears === 0n ? [] : [{ on, amount: arrears }];
  if (arrears === 0n) return [{ on: from, amount: notDue }];
  return on <= from
    ? [{ on: from, amount: notDue + arrears }]
    : [
        { on: from, amount: notDue },
        { on, amount: arrears },
      ];
}

function newTerms(loan: LoanState, frame: PlanFrame, at: number, on: LocalDate, asked: Replan): Terms {
  const { terms } = loan;
  const rated = asked.annualRatePercent === null ? terms : withRateFrom(terms, on, asked.annualRatePercent);
  const { holiday } = asked;
  return {
    ...rated,
    numberOfInstalments: (asked.count ?? frame.instalments.length - at) + holiday,
    firstDueDate: asked.firstDueDate ?? frame.dates.nominal[at] ?? null,
    minimumDaysToFirstDue: 0,
    downPaymentPercent: null,
    maximumDisbursements: Math.max(terms.maximumDisbursements, 2),
    fees: terms.fees.filter(({ charged }) => charged !== 'at_disbursement'),
    principalGrace: owns(terms, 'principalGrace') ? Math.max(terms.principalGrace - at, 0) + holiday : 0,
    interestGrace: owns(terms, 'interestGrace') ? Math.max(terms.interestGrace - at, 0) + holiday : 0,
    interestGraceTreatment: holiday > 0 && owns(terms, 'interestGrace') ? 'carried' : terms.interestGraceTreatment,
  };
}

/** Whether instalments of the interest method can be told to ask for none of it. */
function owns({ interestMethod }: Terms, grace: 'principalGrace' | 'interestGrace'): boolean {
  return (interestMethods[interestMethod].own as readonly string[]).includes(grace);
}

interface Rest extends Pick<PlanInForce, 'disbursements' | 'anchorDay'> {
  readonly replaced: readonly LoanInstalment[];
}

/** Where interest does not follow from a rate, what was still planned of it is spread over the instalments that ask. */
function planRest(
  loan: LoanState,
  { disbursements, anchorDay, replaced }: Rest,
): readonly PlannedInstalment[] | Refusal {
  const { terms, currency, closedDays } = loan;
  const basis = { currency, disbursements, closedDays, anchorDay };
  if (interestMethods[terms.interestMethod].rate === 'periodic') {
    const schedule = buildSchedule({ ...basis, terms });
    return 'refused' in schedule ? schedule : schedule.instalments;
  }
  const schedule = buildSchedule({ ...basis, terms: { ...terms, interestMethod: 'none' } });
  if ('refused' in schedule) return schedule;
  const interest = replaced.reduce((sum, each) => sum + max(each.interest - each.paid.interest, 0n), 0n);
  const asking = BigInt(schedule.instalments.length - terms.interestGrace);
  const until = (count: number) => (interest * BigInt(max(BigInt(count - terms.interestGrace), 0n))) / asking;
  return schedule.instalments.map((row, index) => {
    const own = until(index + 1) - until(index);
    return { ...row, interest: own, fee: instalmentFee(terms, currency, schedule.principal, own) };
  });
}

/** Interest of the instalments due that the plan in force left to later ones. */
function postponedUntil(loan: LoanState, on: LocalDate): bigint {
  const periods = interestOfPlan(loan).filter(({ instalment }) => instalment.dueDate <= on);
  return max(
    periods.reduce((sum, period) => sum + postponedOf(period, loan.terms.rounding), 0n),
    0n,
  );
}

/** The first new instalment with what was paid of the replaced ones and charged to them, and what is carried over. */
function takingOver(first: LoanInstalment, replaced: readonly LoanInstalment[], carried: Parts): LoanInstalment {
  const paid = replaced.reduce((sum, instalment) => addParts(sum, instalment.paid), NO_PARTS);
  const beyond = (component: 'interest' | 'fee' | 'penalty'): bigint =>
    replaced.reduce((sum, each) => {
      const planned = component === 'penalty' ? 0n : each[component];
      return sum + max(askedOf(each, component) - planned, 0n);
    }, carried[component]);
  // What was paid in advance of a component counts for what the new instalment asks of it, and is never given back.
  const charged = {
    principal: paid.principal,
    interest: max(beyond('interest'), paid.interest - first.interest),
    fee: max(beyond('fee'), paid.fee - first.fee),
    penalty: beyond('penalty'),
  };
  return sumOfParts(charged) === 0n && sumOfParts(paid) === 0n
    ? first
    : { ...first, paid, additions: { ...NO_ADDITIONS, charged } };
}

/** An instalment whose rest goes along into a new plan. */
function withoutRest(instalment: LoanInstalment): LoanInstalment {
  if (isSettled(instalment)) return instalment;
  const additions = instalment.additions ?? NO_ADDITIONS;
  const forgone = addParts(additions.forgone, remaindersOf(instalment));
  return { ...instalment, additions: { ...additions, forgone } };
}
