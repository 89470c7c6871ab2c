import { type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import { min } from '@tenor/money';
import {
  askedOf,
  type LoanInstalment,
  NO_PARTS,
  remainderOf,
  unpaidAddedTax,
  unpaidInstalment,
  withAdded,
} from '../delinquency/instalment.ts';
import { paused, resumed } from '../delinquency/pause.ts';
import type { Allocation } from '../ledger/posting.ts';
import { penaltyTax } from '../products/charge.ts';
import { scheduleApr } from '../schedules/apr.ts';
import type { Parts, Schedule } from '../schedules/schedule.ts';
import { type Lots, repay } from './incoming-payment.ts';
import type { LoanEvent, LoanEventOf, PlacedEvent, PlacedEventType } from './loan-event.ts';
import { furtherDisbursement, recordedSchedule } from './loan-schedule.ts';
import { NOTHING_NEW, type Replan, replanned, replanOf } from './replan.ts';
import { followInstalments, minorOf, NOTHING_MOVED, type Outcome, type WorkingLoan } from './working-loan.ts';
import { recover, writeOff } from './write-off.ts';

export { type Lots, NOTHING_SAID } from './incoming-payment.ts';

/** Any event but the first, which makes the loan. */
export type LaterType = Exclude<PlacedEventType, 'opened'>;
type Apply<Type extends LaterType> = (loan: WorkingLoan, event: LoanEventOf<Type>, lots: Lots) => Outcome;

/** What each type of event does to an open loan. None refuses: that was settled when the event was decided. */
const appliers: { readonly [Type in LaterType]: Apply<Type> } = {
  approved: (loan) => endApplication(loan, 'approved'),
  rejected: (loan) => endApplication(loan, 'rejected'),
  cancelled: (loan) => endApplication(loan, 'cancelled'),
  failed: (loan) => endApplication(loan, 'failed'),
  disbursed: disburse,
  restructured: restructure,
  delinquency_paused: (loan, { payload, valueDate }) => {
    loan.pauses = paused(loan.pauses, { from: valueDate, until: payload.until });
    return NOTHING_MOVED;
  },
  delinquency_resumed: (loan, { valueDate }) => {
    loan.pauses = resumed(loan.pauses, valueDate);
    return NOTHING_MOVED;
  },
  charged: charge,
  waived: waive,
  written_off: (loan, { valueDate }) => writeOff(loan, valueDate),
  recovered: (loan, { payload, valueDate }, lots) =>
    recover(loan, { ...payload, id: payload.recoveryId }, valueDate, lots),
  repaid: (loan, { payload, valueDate }, lots) => repay(loan, { ...payload, id: payload.paymentId }, valueDate, lots),
  credit_used: (loan, { payload, valueDate }, lots) => ({
    ...repay(loan, { ...payload, id: payload.useId }, valueDate, lots),
    paidFrom: 'customer_credit',
  }),
  credit_spent: (loan, { payload }) => {
    loan.credited -= minorOf(payload.amount, loan.currency);
    return NOTHING_MOVED;
  },
};

/** Changes the working copy by one event and says what it moved. */
export function apply(loan: WorkingLoan, event: LoanEventOf<LaterType>, lots: Lots): Outcome {
  // The table pairs each type with its own function, which TypeScript cannot follow through a union of keys.
  return (appliers[event.type] as Apply<LaterType>)(loan, event, lots);
}

/** What these events say of lots; `standing` are those of them that have a place. */
export function lotsOf(events: readonly LoanEvent[], standing: readonly PlacedEvent[], currency: string): Lots {
  const spent = new Map<string, bigint>();
  for (const event of standing) {
    if (event.type !== 'credit_spent') continue;
    const { lotId, amount } = event.payload;
    spent.set(lotId, (spent.get(lotId) ?? 0n) + minorOf(amount, currency));
  }
  const payoffs = events.flatMap(({ type, payload }) =>
    type === 'prepaid' ? [[payload.lotId, payload.strategy] as const] : [],
  );
  return { spent, payoffs: new Map(payoffs) };
}

/** The loan as it is opened: planned from the date on which the money is meant to be paid out. */
export function open({ payload }: LoanEventOf<'opened'>): WorkingLoan {
  const { loanId, customerId, externalId, product, currency, terms, closedDays = NEVER_CLOSED, policy } = payload;
  const principal = minorOf(payload.principal, currency);
  return {
    loanId,
    customerId,
    externalId,
    product,
    currency,
    principal,
    terms,
    closedDays,
    policy,
    status: 'pending',
    disbursedOn: null,
    paidOut: [],
    ...planOf(recordedSchedule({ terms, currency, principal, closedDays }, payload.disbursedOn)),
    apr: null,
    credited: 0n,
    lastKey: null,
    clock: null,
    writtenOff: null,
    plan: null,
    pauses: [],
    nonAccrual: null,
  };
}

function endApplication(loan: WorkingLoan, status: 'approved' | 'rejected' | 'cancelled' | 'failed'): Outcome {
  loan.status = status;
  return NOTHING_MOVED;
}

function disburse(loan: WorkingLoan, event: LoanEventOf<'disbursed'>): Outcome {
  const { valueDate, payload } = event;
  const amount = minorOf(payload.amount, loan.currency);
  loan.paidOut = [...loan.paidOut, { on: valueDate, amount }];
  if (loan.disbursedOn !== null) return disburseMore(loan, event, amount);
  const schedule = recordedSchedule({ ...loan, principal: amount }, valueDate);
  loan.disbursedOn = valueDate;
  loan.apr = scheduleApr(schedule, loan.terms.frequency);
  Object.assign(loan, planOf(schedule));
  followInstalments(loan);
  const { principal, netDisbursed } = schedule;
  const refinanced = payload.settles === undefined ? 0n : minorOf(payload.settles.amount, loan.currency);
  const disbursed = netDisbursed - refinanced;
  return { ...NOTHING_MOVED, disbursed, refinanced, chargedFees: principal - netDisbursed };
}

/** The rest is planned anew with what joins it; where nothing is left to plan it joins the instalment that falls due next. */
function disburseMore(loan: WorkingLoan, { id, valueDate: on }: LoanEventOf<'disbursed'>, amount: bigint): Outcome {
  const { deducted, financed } = furtherDisbursement(loan, { on, amount });
  const asked: Replan = { ...NOTHING_NEW, kind: 'disbursement', changeId: id, added: amount + financed };
  const anew = loan.writtenOff === null ? replanned(loan, on, asked) : undefined;
  if (anew === undefined || 'refused' in anew) chargeNext(loan, on, { ...NO_PARTS, principal: asked.added });
  else Object.assign(loan, anew);
  followInstalments(loan);
  return { ...NOTHING_MOVED, disbursed: amount - deducted, chargedFees: financed + deducted };
}

/** Plans the rest anew; a loan that what came in meanwhile has closed, or left with nothing to plan, keeps its plan. */
function restructure(loan: WorkingLoan, { payload, valueDate }: LoanEventOf<'restructured'>): Outcome {
  if (loan.status !== 'active') return NOTHING_MOVED;
  const anew = replanned(loan, valueDate, replanOf(payload.change, payload.restructureId));
  if ('refused' in anew) return NOTHING_MOVED;
  Object.assign(loan, anew);
  followInstalments(loan);
  return NOTHING_MOVED;
}

/** A charge belongs to the instalment that falls due next, the last one once all have; none to a loan written off. */
function charge(loan: WorkingLoan, { payload, valueDate }: LoanEventOf<'charged'>): Outcome {
  if (loan.writtenOff !== null) return NOTHING_MOVED;
  const parts = { ...NO_PARTS, [payload.component]: minorOf(payload.amount, loan.currency) };
  const charged = chargeNext(loan, valueDate, parts);
  followInstalments(loan);
  return { ...NOTHING_MOVED, charges: [charged] };
}

/** Charges the parts, and the tax on a penalty among them as fee. */
function chargeNext(loan: WorkingLoan, on: LocalDate, parts: Parts): Allocation {
  const { instalments } = loan;
  const next = instalments.findIndex(({ dueDate }) => dueDate >= on);
  const position = next === -1 ? instalments.length - 1 : next;
  const instalment = instalments[position];
  if (instalment === undefined) throw new Error(`Loan ${loan.loanId} has no instalment to charge`);
  const tax = taxOfMore(loan, instalment, parts.penalty);
  const charged = { ...parts, fee: parts.fee + tax };
  instalments[position] = withAdded(instalment, 'charged', charged, tax);
  return { instalment: instalment.number, ...charged };
}

/** What the tax on an instalment's penalty grows by with so much more of it, below zero with less: rounded as one. */
function taxOfMore({ terms }: WorkingLoan, instalment: LoanInstalment, more: bigint): bigint {
  const asked = askedOf(instalment, 'penalty');
  return penaltyTax(terms, asked + more) - penaltyTax(terms, asked);
}

/** Of the tax on a penalty that is waived, what is not paid. */
function taxGivenUp(loan: WorkingLoan, instalment: LoanInstalment, waived: bigint): bigint {
  return min(-taxOfMore(loan, instalment, -waived), unpaidAddedTax(instalment));
}

/** Gives up what is owed of a component that day, or as much of it as the waiver says, with a penalty its tax: the oldest instalment first. */
function waive(loan: WorkingLoan, { payload }: LoanEventOf<'waived'>): Outcome {
  const { component } = payload;
  const waivers: Allocation[] = [];
  let left = payload.amount === null ? undefined : minorOf(payload.amount, loan.currency);
  for (const [position, instalment] of loan.instalments.entries()) {
    if (payload.instalment !== null && payload.instalment !== instalment.number) continue;
    const owed = remainderOf(instalment, component);
    const part = left === undefined ? owed : min(left, owed);
    if (part === 0n) continue;
    if (left !== undefined) left -= part;
    const tax = component === 'penalty' ? taxGivenUp(loan, instalment, part) : 0n;
    const parts = { ...NO_PARTS, fee: tax, [component]: part };
    loan.instalments[position] = withAdded(instalment, 'waived', parts, tax);
    waivers.push({ instalment: instalment.number, ...parts });
  }
  followInstalments(loan);
  return { ...NOTHING_MOVED, waivers };
}

function planOf({ instalments }: Schedule) {
  const maturityDate = instalments.at(-1)?.dueDate;
  if (maturityDate === undefined) throw new Error('A recorded loan has an empty schedule');
  return { instalments: instalments.map(unpaidInstalment), maturityDate };
}
