import { addDays, daysBetween, type LocalDate } from '@tenor/calendar';
import { max, min } from '@tenor/money';
import {
  addParts,
  chargeableOf,
  components,
  type LoanInstalment,
  NO_ADDITIONS,
  NO_PARTS,
  subtractParts,
} from '../delinquency/instalment.ts';
import type { TaxedAllocation } from '../ledger/posting.ts';
import { growsLate } from '../penalties/late-charge.ts';
import type { Parts } from '../schedules/schedule.ts';
import { earnedTax, paidTax, waivedTax } from './fee-tax.ts';
import type { LoanState } from './loan.ts';
import { earnedUntil, hasEnded, interestOfPlan, type PeriodCost, postponedOf } from './plan-interest.ts';

/**
 * How much of what a loan asks is income (docs/ledger.md), as a function of the loan and a day: nothing has to have run.
 * Under `on_due` a planned part is earned on its due date, under `daily` planned interest is earned day by day; what was
 * charged, and what late days added, is earned at once. Under `cash` nothing here is asked: income is what was paid.
 */

/** A component that is income once it is earned. */
type Earned = Exclude<keyof Parts, 'principal'>;
const earnedComponents = components.filter((component) => component !== 'principal');

/** What of an instalment is earned: of its fee, so much is tax. */
type Income = Omit<TaxedAllocation, 'instalment'>;

/** The interest period of an instalment that has not come to its end. */
interface RunningPeriod {
  readonly period: PeriodCost;
  /** What the instalments before left of their interest to this one, in minor units, and the due date of the last of them. */
  readonly postponed: bigint;
  readonly postponedOn: LocalDate | null;
}

/** The running periods by the number of their instalment; empty where interest is not earned day by day. */
export type EarningPlan = ReadonlyMap<number, RunningPeriod>;

/** The periods of the plan in force, which are the same until the next event. */
export function earningPlan(loan: LoanState): EarningPlan {
  const plan = new Map<number, RunningPeriod>();
  if (loan.policy.accrual !== 'daily' || loan.disbursedOn === null) return plan;
  let [postponed, postponedOn]: [bigint, LocalDate | null] = [0n, null];
  for (const period of interestOfPlan(loan)) {
    plan.set(period.instalment.number, { period, postponed, postponedOn });
    postponed += postponedOf(period, loan.terms.rounding);
    postponedOn = period.instalment.dueDate;
  }
  return plan;
}

/**
 * What of each instalment is income by the end of `on`, to which the loan must have been brought; those of which nothing
 * is are left out. A loan that is paid has earned all that it asked. One that was written off earns nothing more, and
 * keeps what it had earned or been paid.
 */
export function earnedIncome(loan: LoanState, on: LocalDate, plan: EarningPlan = earningPlan(loan)): TaxedAllocation[] {
  if (loan.policy.accrual === 'cash' || loan.disbursedOn === null) return [];
  return loan.instalments.flatMap((instalment) => {
    const parts = incomeOf(loan, instalment, on, plan);
    return isNothing(parts) ? [] : [{ instalment: instalment.number, ...parts }];
  });
}

/** A loan as a day that nothing happened on left it. */
export interface Day {
  readonly loan: LoanState;
  readonly on: LocalDate;
}

/** What one day earned more than the one before, or gave back; instalments whose income cannot have moved are not reckoned. */
export function dayIncome(before: Day, after: Day, plan: EarningPlan): TaxedAllocation[] {
  const isReleased = before.loan.nonAccrual?.held !== after.loan.nonAccrual?.held;
  return after.loan.instalments.flatMap((instalment, position) => {
    const was = before.loan.instalments[position];
    if (was === undefined) throw new Error(`Loan ${after.loan.loanId} has other instalments than the day before`);
    if (!isReleased && was === instalment && !isEarning(instalment, before.on, after.on, plan)) return [];
    const income = incomeOf(after.loan, instalment, after.on, plan);
    const had = incomeOf(before.loan, was, before.on, plan);
    const parts = { ...subtractParts(income, had), tax: income.tax - had.tax };
    return isNothing(parts) ? [] : [{ instalment: instalment.number, ...parts }];
  });
}

/** Whether the planned parts of an instalment may earn between two days: it fell due, or its period runs. */
function isEarning({ number, dueDate }: LoanInstalment, after: LocalDate, on: LocalDate, plan: EarningPlan): boolean {
  if (dueDate <= after) return false;
  if (dueDate <= on) return true;
  const running = plan.get(number);
  if (running === undefined) return false;
  const { period, postponedOn } = running;
  return period.from < on || (postponedOn !== null && postponedOn <= on);
}

const isNothing = (income: Income): boolean =>
  income.tax === 0n && earnedComponents.every((component) => income[component] === 0n);

function incomeOf(loan: LoanState, instalment: LoanInstalment, on: LocalDate, plan: EarningPlan): Income {
  const { status, writtenOff, nonAccrual } = loan;
  if (status === 'paid')
    return taxed(
      loan,
      instalment,
      partsOf((component) => chargeableOf(instalment, component)),
      true,
    );
  const until = writtenOff === null ? on : writtenOff.on;
  const isDue = instalment.dueDate <= until;
  const planned: Parts = {
    ...NO_PARTS,
    interest: isDue ? instalment.interest : interestUntil(loan, instalment, until, plan),
    fee: isDue ? instalment.fee : 0n,
  };
  const settled = settledOf(instalment);
  const held = nonAccrual?.held?.find(({ instalment: number }) => number === instalment.number) ?? NO_PARTS;
  const income = partsOf((component) => {
    const earned = withAdditions(instalment, component, planned[component]);
    const unheld = nonAccrual?.held ? min(earned, max(held[component], settled[component])) : earned;
    return writtenOff === null ? unheld : max(unheld, settled[component]);
  });
  return taxed(loan, instalment, income, isDue);
}

const taxed = ({ terms }: LoanState, instalment: LoanInstalment, income: Parts, isDue: boolean): Income => ({
  ...income,
  tax: earnedTax(terms, instalment, income.fee, isDue),
});

/**
 * An instalment's planned interest to the end of a day, cumulative and rounded once, with what instalments due by then
 * left to it; all of it where its period ended before the plan in force began.
 */
function interestUntil(loan: LoanState, instalment: LoanInstalment, on: LocalDate, plan: EarningPlan): bigint {
  const running = plan.get(instalment.number);
  if (running === undefined) return plan.size > 0 && hasEnded(loan, instalment) ? instalment.interest : 0n;
  const { period, postponed, postponedOn } = running;
  const own = on <= period.from ? 0n : earnedUntil(loan, period, on);
  return max(postponedOn !== null && postponedOn <= on ? own + postponed : own, 0n);
}

/** What is forgone comes first off what was not earned yet. */
function withAdditions(instalment: LoanInstalment, component: Earned, earned: bigint): bigint {
  const { charged, grown, forgone } = instalment.additions ?? NO_ADDITIONS;
  const unearned = component === 'penalty' ? 0n : max(instalment[component] - earned, 0n);
  return earned + charged[component] + grown[component] - max(forgone[component] - unearned, 0n);
}

/** What was paid of an instalment, or given up by a waiver: both are taken off what is receivable. */
function settledOf({ paid, additions }: LoanInstalment): Parts {
  return additions === null ? paid : addParts(paid, additions.waived);
}

/** What of each instalment's income neither came in nor was waived when the loan was written off; with the principal. */
export function writtenOffInBooks(loan: LoanState, on: LocalDate): TaxedAllocation[] {
  const { terms } = loan;
  const income = new Map(earnedIncome(loan, on).map((parts) => [parts.instalment, parts]));
  return loan.instalments.map((instalment) => {
    const [earned, settled] = [income.get(instalment.number) ?? NO_PARTS, settledOf(instalment)];
    const principal = instalment.additions?.writtenOff.principal ?? 0n;
    return {
      instalment: instalment.number,
      ...partsOf((component) => earned[component] - settled[component]),
      principal,
      tax: (income.get(instalment.number)?.tax ?? 0n) - paidTax(terms, instalment) - waivedTax(terms, instalment),
    };
  });
}

/** What was waived of each instalment. */
export function waivedByInstalment({ instalments, terms }: LoanState): TaxedAllocation[] {
  return instalments.flatMap((instalment) => {
    const { number, additions } = instalment;
    return additions === null ? [] : [{ instalment: number, ...additions.waived, tax: waivedTax(terms, instalment) }];
  });
}

function partsOf(amountOf: (component: Earned) => bigint): Parts {
  return { principal: 0n, interest: amountOf('interest'), fee: amountOf('fee'), penalty: amountOf('penalty') };
}

/** The days after `after` until `through` on which passing time alone may earn something. */
export function earningDays(loan: LoanState, after: LocalDate, through: LocalDate): LocalDate[] {
  const { policy, status, instalments } = loan;
  if (policy.accrual === 'cash' || status !== 'active') return [];
  if (policy.accrual === 'daily' || growsLate(loan) || policy.delinquency.nonAccrualAfterDays !== null) {
    const count = Math.max(daysBetween(after, through), 0);
    return Array.from({ length: count }, (_, index) => addDays(after, index + 1));
  }
  const due = instalments.map(({ dueDate }) => dueDate).filter((day) => day > after && day <= through);
  return [...new Set(due)].toSorted();
}

/** The next day on which something may have to be recognised; null when only an event can bring one. */
export function nextEarning(loan: LoanState, on: LocalDate): LocalDate | null {
  const { policy, status, instalments, maturityDate } = loan;
  if (policy.accrual === 'cash' || status !== 'active') return null;
  const isLate = instalments[0] !== undefined && instalments[0].dueDate <= on;
  const runsOn = policy.accrual === 'daily' && on < maturityDate;
  const growsOn = isLate && (growsLate(loan) || policy.delinquency.nonAccrualAfterDays !== null);
  if (runsOn || growsOn) return addDays(on, 1);
  return instalments.find(({ dueDate }) => dueDate > on)?.dueDate ?? null;
}
