import type { LocalDate } from '@tenor/calendar';
import { addParts, NO_PARTS, subtractParts } from '../delinquency/instalment.ts';
import { knownEvents } from '../loans/fold-order.ts';
import type { Effect, LoanState } from '../loans/loan.ts';
import type { LoanEvent, LoanEventOf } from '../loans/loan-event.ts';
import type { Parts } from '../schedules/schedule.ts';
import { type Cause, dayOfStage, eveOf, isNothing, owedParts, type Stage, touchedBy, trace } from './trace.ts';

/** What a loan came to at the end of a day; amounts in minor units. */
export interface Standing {
  readonly owed: Parts;
  /** Its part of the customer's credit; below zero where credit was spent whose payment was taken back. */
  readonly credit: bigint;
}

/** What moved; minor units. */
export interface Movement {
  /** What is owed more, or less, by component. */
  readonly change: Parts;
  readonly moneyIn: bigint;
  readonly moneyOut: bigint;
  /** What of money lent paid another loan of the customer instead of being paid out. */
  readonly refinanced: bigint;
  /** What of the customer's credit paid this loan. */
  readonly fromCredit: bigint;
  /** What joins the customer's credit here, or leaves it. */
  readonly credit: bigint;
}

export interface StatementLine extends Movement {
  readonly on: LocalDate;
  readonly cause: Cause;
  /** After this line. */
  readonly balance: Standing;
}

/** A payment that came in and was taken back: it counts for nothing, at any date. */
export interface TakenBack {
  readonly payment: LoanEventOf<'repaid'>;
  readonly reversal: LoanEventOf<'repayment_reversed'>;
}

export interface Statement {
  readonly state: LoanState;
  /** Null: from the beginning. */
  readonly from: LocalDate | null;
  readonly to: LocalDate;
  readonly knownAt: string;
  readonly opening: Standing;
  /** In the order of the fold. */
  readonly lines: readonly StatementLine[];
  readonly totals: Movement;
  readonly closing: Standing;
  readonly takenBack: readonly TakenBack[];
}

/** Which days, both ends among them, and by what was recorded until when. */
export interface Period {
  readonly from: LocalDate | null;
  readonly to: LocalDate;
  readonly knownAt: string;
}

const NOTHING_OWED: Standing = { owed: NO_PARTS, credit: 0n };
const NOTHING: Movement = { change: NO_PARTS, moneyIn: 0n, moneyOut: 0n, refinanced: 0n, fromCredit: 0n, credit: 0n };

/**
 * What happened to a loan in a period and what it owed by it, by what is known at `knownAt`: a line for each event that
 * stands, and for days in which something grew. The opening balance and the lines make the closing one, which is what the
 * loan owes at the end of `to`. Undefined where the loan was not there by then.
 */
export function statement(events: readonly LoanEvent[], { from, to, knownAt }: Period): Statement | undefined {
  const traced = trace(events, { asOf: to, knownAt }, from === null ? undefined : eveOf(from));
  if (traced === undefined) return undefined;
  let [opening, closing, state]: [Standing, Standing, LoanState | undefined] = [NOTHING_OWED, NOTHING_OWED, undefined];
  const lines: StatementLine[] = [];
  for (const stage of traced.stages) {
    const line = lineOf(stage, closing);
    closing = line.balance;
    state = stage.after;
    if (from !== null && line.on < from) opening = closing;
    else if (line.cause.kind === 'event' || !isNothing(line.change)) lines.push(line);
  }
  if (state === undefined) return undefined;
  return {
    state,
    from,
    to,
    knownAt,
    opening,
    lines,
    totals: lines.reduce(addMovement, NOTHING),
    closing,
    takenBack: takenBackIn(knownEvents(events, knownAt), from, to),
  };
}

/** A stage as a line that follows on what the one before came to. */
function lineOf(stage: Stage, { owed, credit }: Standing): StatementLine {
  const { after, cause } = stage;
  const { had, has } = touchedBy(stage);
  const change = subtractParts(owedParts(has), owedParts(had));
  const money = cause.kind === 'event' ? moneyOf(cause.effect) : NOTHING;
  const balance = { owed: addParts(owed, change), credit: after.credited };
  return { ...money, change, credit: balance.credit - credit, on: dayOfStage(stage), cause, balance };
}

function moneyOf({ disbursed, refinanced, applied, excess, recovered, paidFrom }: Effect): Movement {
  const brought = applied + excess;
  const isCash = paidFrom === 'cash_clearing';
  return {
    ...NOTHING,
    moneyIn: (isCash ? brought : 0n) + recovered,
    moneyOut: disbursed,
    refinanced,
    fromCredit: isCash ? 0n : brought,
  };
}

function addMovement(sum: Movement, line: Movement): Movement {
  return {
    change: addParts(sum.change, line.change),
    moneyIn: sum.moneyIn + line.moneyIn,
    moneyOut: sum.moneyOut + line.moneyOut,
    refinanced: sum.refinanced + line.refinanced,
    fromCredit: sum.fromCredit + line.fromCredit,
    credit: sum.credit + line.credit,
  };
}

/** Of the payments dated in the period, in the order of recording. */
function takenBackIn(known: readonly LoanEvent[], from: LocalDate | null, to: LocalDate): TakenBack[] {
  const reversals = known.filter((event) => event.type === 'repayment_reversed');
  return known.flatMap((event) => {
    if (event.type !== 'repaid' || event.valueDate > to || (from !== null && event.valueDate < from)) return [];
    const reversal = reversals.find(({ payload }) => payload.paymentId === event.payload.paymentId);
    return reversal === undefined ? [] : [{ payment: event, reversal }];
  });
}
