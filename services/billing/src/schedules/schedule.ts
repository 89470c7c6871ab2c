import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { min } from '@tenor/money';
import type { Terms } from '../products/terms.ts';
import { type ChargedDisbursement, chargeDisbursements, type Disbursement, instalmentFee } from './charge.ts';
import { planInstalments } from './instalment-plan.ts';
import { firstChanged, interestPeriods } from './interest-periods.ts';
import {
  checkBalloon,
  checkDisbursements,
  checkPaidOut,
  checkTotal,
  datesOf,
  type ScheduleInput,
} from './schedule-input.ts';
import { percentOf, statedAmount } from './stated-amount.ts';

export type { Disbursement } from './charge.ts';
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
 * allow, for due dates that are too near, too late or that meet, and for fees that leave nothing to pay out; and
 * `principal_out_of_bounds` for less than one minor unit per instalment, less than the balloon, or too large a total.
 */
export function buildSchedule(input: ScheduleInput): Schedule | Refusal {
  const { terms, currency } = input;
  const refusal = checkDisbursements(input);
  if (refusal !== undefined) return refusal;
  const dates = datesOf(input);
  if ('refused' in dates) return dates;
  const disbursements = chargeDisbursements(terms, currency, input.disbursements);
  const multiple = terms.instalmentMultiple === null ? 1n : statedAmount(terms.instalmentMultiple, currency);
  const downPayment = downPaymentOf(terms, disbursements, multiple);
  const advances = disbursements.map(({ on, amount, financed }, index) => ({
    on,
    principal: amount + financed - (index === 0 ? downPayment : 0n),
  }));
  const unfit = checkPaidOut(disbursements) ?? checkBalloon(terms, currency, advances);
  if (unfit !== undefined) return unfit;
  const costs = interestPeriods(terms, dates, advances);
  const changed = disbursements.map(({ on }) => firstChanged(dates, on));
  const rows = planInstalments(costs, { terms, currency, multiple }).map((parts, index) => {
    const asked = sumOf(disbursements, ({ amount }, position) => (itemAt(changed, position) <= index ? amount : 0n));
    const fee = instalmentFee(terms, currency, asked, parts.interest);
    return { dueDate: itemAt(dates.due, index), added: itemAt(costs.periods, index).added, ...parts, fee };
  });
  const schedule = presented(disbursements, numbered(withDownPayment(terms, disbursements, downPayment, rows)));
  return checkTotal(sumOf(schedule.instalments, totalOf)) ?? schedule;
}

/** What an instalment asks in all, in minor units. */
export function totalOf({ principal, interest, fee }: PlannedInstalment): bigint {
  return principal + interest + fee;
}

/** A percentage of what is first asked for, to the payable step, and never more than is owed by then. */
function downPaymentOf(terms: Terms, [first]: readonly ChargedDisbursement[], multiple: bigint): bigint {
  const { downPaymentPercent, rounding } = terms;
  if (downPaymentPercent === null || first === undefined) return 0n;
  return min(percentOf(downPaymentPercent, first.amount, rounding, multiple), first.amount + first.financed);
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
  if (item === undefined) throw new Error('a plan has more instalments than due dates');
  return item;
}
