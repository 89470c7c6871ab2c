import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type ChargedDisbursement, chargeDisbursements, type Disbursement } from '../products/charge.ts';
import type { Terms } from '../products/terms.ts';
import { type Apr, scheduleApr } from '../schedules/apr.ts';
import { buildSchedule, frameOf, type Schedule, type ScheduleFrame } from '../schedules/schedule.ts';
import type { LoanInstalment, LoanState } from './loan.ts';
import type { PlanInForce } from './replan.ts';

/** What a loan's schedule follows from, besides the day of disbursement. */
export type PlannedLoan = Pick<LoanState, 'terms' | 'closedDays' | 'currency' | 'principal'>;

interface Planned {
  readonly loan: PlannedLoan;
  readonly on: LocalDate;
  readonly schedule: Schedule | Refusal;
}

/** The last of each terms: opening a loan and paying it out mostly ask for the same one. */
const lastPlanned = new WeakMap<Terms, Planned>();

/** The schedule of a loan that is paid out whole on one day. Refuses what `buildSchedule` refuses. */
export function loanSchedule(loan: PlannedLoan, on: LocalDate): Schedule | Refusal {
  const { terms, closedDays, currency, principal } = loan;
  const last = lastPlanned.get(terms);
  if (last !== undefined && last.on === on && isPlannedAlike(last.loan, loan)) return last.schedule;
  const schedule = buildSchedule({ terms, currency, disbursements: [{ on, amount: principal }], closedDays });
  lastPlanned.set(terms, { loan: { terms, closedDays, currency, principal }, on, schedule });
  return schedule;
}

function isPlannedAlike(one: PlannedLoan, other: PlannedLoan): boolean {
  return one.principal === other.principal && one.currency === other.currency && one.closedDays === other.closedDays;
}

/** The same for a loan that is recorded, and so has a schedule: throws where it has none. */
export function recordedSchedule(loan: PlannedLoan, disbursedOn: LocalDate): Schedule {
  const schedule = loanSchedule(loan, disbursedOn);
  if ('refused' in schedule) throw new Error(`A recorded loan has no schedule: ${schedule.detail}`);
  return schedule;
}

/** The annual rates of a recorded loan, where the money was paid out. */
export function recordedApr(loan: PlannedLoan, disbursedOn: LocalDate | null): Apr | null {
  return disbursedOn === null ? null : scheduleApr(recordedSchedule(loan, disbursedOn), loan.terms.frequency);
}

/** What a disbursement after the first costs at once. */
export function furtherDisbursement(
  { terms, currency, paidOut }: Pick<LoanState, 'terms' | 'currency' | 'paidOut'>,
  disbursement: Disbursement,
): ChargedDisbursement {
  const charged = chargeDisbursements(terms, currency, [...paidOut.slice(0, 1), disbursement]).at(-1);
  if (charged === undefined) throw new Error('a disbursement is charged for as one');
  return charged;
}

/** The periods of the plan in force of a loan that was paid out. */
export interface PlanFrame extends ScheduleFrame, Pick<PlanInForce, 'disbursements' | 'repayments'> {
  /** When its first period begins. */
  readonly start: LocalDate;
  /** One per period: a down payment, which has none, is left out. */
  readonly instalments: readonly LoanInstalment[];
}

export function planFrame(loan: LoanState): PlanFrame {
  const { terms, instalments, plan } = loan;
  const basis = basisOf(loan);
  const after = plan?.after ?? (terms.downPaymentPercent === null ? 0 : 1);
  const [start] = basis.disbursements;
  return {
    ...framed(loan, basis),
    ...basis,
    start: start.on,
    instalments: instalments.filter(({ number }) => number > after),
  };
}

/** What the periods of the plan in force would cost, had all its principal been paid back on `on`, in the first of them. */
export function endedOn(loan: LoanState, on: LocalDate): ScheduleFrame['costs'] {
  const { disbursements, repayments } = basisOf(loan);
  const [start, ...later] = disbursements;
  const joined = later.filter((each) => each.on <= on);
  const back = repayments.filter((each) => each.on <= on);
  const sumOf = (money: readonly Disbursement[]): bigint => money.reduce((sum, { amount }) => sum + amount, 0n);
  const amount = start.amount + sumOf(joined) - sumOf(back);
  return framed(loan, { disbursements: [start, ...joined], repayments: [...back, { on, amount }] }).costs;
}

interface Basis extends Pick<PlanInForce, 'repayments'> {
  readonly disbursements: readonly [Disbursement, ...Disbursement[]];
}

function basisOf({ loanId, plan, paidOut }: LoanState): Basis {
  const [first, ...later] = plan?.disbursements ?? paidOut.slice(0, 1);
  if (first === undefined) throw new Error(`Loan ${loanId} was not paid out`);
  return { disbursements: [first, ...later], repayments: plan?.repayments ?? [] };
}

function framed({ terms, currency, closedDays, plan }: LoanState, basis: Basis): ScheduleFrame {
  const planned = plan === null ? terms : continued(terms, basis);
  const frame = frameOf({ terms: planned, currency, ...basis, closedDays, anchorDay: plan?.anchorDay });
  if ('refused' in frame) throw new Error(`A recorded loan has no schedule: ${frame.detail}`);
  return frame;
}

/** How many instalments of the plan are due on `on`, or end a period by then. */
export function endedBy({ instalments, dates }: PlanFrame, on: LocalDate): number {
  return instalments.filter(({ dueDate }, index) => dueDate <= on || (dates.nominal[index] ?? dueDate) <= on).length;
}

/** The terms by which a plan that continues another is built: what belongs to the start of a loan is left out. */
export function continued(terms: Terms, { disbursements }: Pick<PlanInForce, 'disbursements'>): Terms {
  return {
    ...terms,
    maximumDisbursements: disbursements.length,
    minimumDaysToFirstDue: 0,
    downPaymentPercent: null,
    fees: terms.fees.filter(({ charged }) => charged !== 'at_disbursement'),
  };
}
