import type { DueDates, LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type ChargedDisbursement, type Disbursement, instalmentFee } from '../products/charge.ts';
import { type Outlay, outlayOf } from '../products/outlay.ts';
import { payableStep } from '../products/stated-amount.ts';
import type { Terms } from '../products/terms.ts';
import { planInstalments } from './instalment-plan.ts';
import { type Advance, firstChanged, type InterestPeriods, interestPeriods } from './interest-periods.ts';
import { checkDisbursements, checkTotal, datesOf, type ScheduleInput } from './schedule-input.ts';

export type { Disbursement } from '../products/charge.ts';
export type { ScheduleInput } from './schedule-input.ts';

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
  /** Fees and all tax. */
  readonly fee: bigint;
  /** Principal still to be repaid once this instalment is, of what was paid out before it. */
  readonly balanceAfter: bigint;
}

/** Amounts in minor units. */
export interface Schedule {
  readonly instalments: readonly PlannedInstalment[];
  /** All that is owed: what is disbursed and the fees that are lent with it. */
  readonly principal: bigint;
  readonly deductedFees: bigint;
  readonly financedFees: bigint;
  /** What the borrower gets in all. */
  readonly netDisbursed: bigint;
  /** What the borrower gets, by day. */
  readonly paidOut: readonly Disbursement[];
}

/**
 * The instalments that terms give (domain.md §3): the principals sum to the principal, the balance ends at 0, no part
 * is negative, due dates strictly increase. Refuses `terms_invalid` for more or later disbursements than the terms
 * allow, for due dates that are too near, too late or that meet, and for fees that leave nothing or less than the down payment
 * to pay out; and `principal_out_of_bounds` where the instalments have too little to repay, or too large a total.
 */
export function buildSchedule(input: ScheduleInput): Schedule | Refusal {
  const { terms, currency } = input;
  const frame = frameOf(input);
  if ('refused' in frame) return frame;
  const { dates, outlay, costs } = frame;
  const { disbursements, downPayment } = outlay;
  const changed = disbursements.map(({ on }) => firstChanged(dates, on));
  const given = { terms, currency, multiple: payableStep(terms, currency), instalment: input.instalment };
  const rows = planInstalments(costs, given).map((parts, index) => {
    const asked = sumOf(disbursements, ({ amount }, position) => (itemAt(changed, position) <= index ? amount : 0n));
    const fee = instalmentFee(terms, currency, input.askedFor ?? asked, parts.interest);
    return { dueDate: itemAt(dates.due, index), added: itemAt(costs.periods, index).added, ...parts, fee };
  });
  const schedule = presented(disbursements, numbered(withDownPayment(terms, disbursements, downPayment, rows)));
  return checkTotal(sumOf(schedule.instalments, totalOf)) ?? schedule;
}

/** The periods of a schedule before their instalments are planned: their days, what joins them and what they cost. */
export interface ScheduleFrame {
  readonly dates: DueDates;
  readonly outlay: Outlay;
  /** What bears interest from when. */
  readonly advances: readonly Advance[];
  readonly costs: InterestPeriods;
}

/** Refuses what of `buildSchedule` concerns the disbursements, the due dates and the fees. */
export function frameOf(input: ScheduleInput): ScheduleFrame | Refusal {
  const { terms, currency } = input;
  const refusal = checkDisbursements(input);
  if (refusal !== undefined) return refusal;
  const dates = datesOf(input);
  if ('refused' in dates) return dates;
  const outlay = outlayOf(terms, currency, input.disbursements);
  if ('refused' in outlay) return outlay;
  const advances = [
    ...outlay.disbursements.map(({ on }, index) => ({ on, principal: itemAt(outlay.repaid, index) })),
    ...(input.repayments ?? []).map(({ on, amount }) => ({ on, principal: -amount })),
  ].toSorted((one, other) => (one.on < other.on ? -1 : Number(one.on > other.on)));
  return { dates, outlay, advances, costs: interestPeriods(terms, dates, advances) };
}

/** What an instalment asks in all, in minor units. */
export function totalOf({ principal, interest, fee }: PlannedInstalment): bigint {
  return principal + interest + fee;
}

/** An instalment, and the principal that joins the loan before it. */
type Row = Omit<PlannedInstalment, 'number' | 'balanceAfter'> & { readonly added: bigint };

/** The down payment goes first, and with it the whole of the first disbursement joins the loan. */
function withDownPayment(
  { downPaymentPercent }: Terms,
  [start]: readonly ChargedDisbursement[],
  principal: bigint,
  rows: readonly Row[],
): readonly Row[] {
  const [first, ...later] = rows;
  if (downPaymentPercent === null || start === undefined || first === undefined) return rows;
  const added = start.amount + start.financed;
  const rest = { ...first, added: first.added + principal - added };
  return [{ dueDate: start.on, added, principal, interest: 0n, fee: 0n }, rest, ...later];
}

function numbered(rows: readonly Row[]): PlannedInstalment[] {
  let balance = 0n;
  const instalments = rows.map(({ added, ...row }, index): PlannedInstalment => {
    if (row.principal < 0n || row.interest < 0n) throw new Error(`instalment ${index + 1} has a negative part`);
    balance += added - row.principal;
    return { number: index + 1, ...row, balanceAfter: balance };
  });
  if (balance !== 0n) throw new Error('the principals of a plan do not sum to the principal');
  return instalments;
}

function presented(disbursements: readonly ChargedDisbursement[], instalments: PlannedInstalment[]): Schedule {
  const paidOut = disbursements.map(({ on, amount, deducted }) => ({ on, amount: amount - deducted }));
  return {
    instalments,
    principal: sumOf(disbursements, ({ amount, financed }) => amount + financed),
    deductedFees: sumOf(disbursements, ({ deducted }) => deducted),
    financedFees: sumOf(disbursements, ({ financed }) => financed),
    netDisbursed: sumOf(paidOut, ({ amount }) => amount),
    paidOut,
  };
}

function sumOf<Item>(items: readonly Item[], amountOf: (item: Item, position: number) => bigint): bigint {
  return items.reduce((sum, item, position) => sum + amountOf(item, position), 0n);
}

function itemAt<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error('the parts of a plan are not of one length');
  return item;
}
