import { type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import { min } from '@tenor/money';
import { addParts, NO_ADDITIONS, NO_PARTS, remainderOf, unpaidInstalment } from '../delinquency/instalment.ts';
import { paused, resumed } from '../delinquency/pause.ts';
import type { Allocation } from '../ledger/posting.ts';
import { scheduleApr } from '../schedules/apr.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { allocate } from './allocation.ts';
import type { LoanEvent, LoanEventOf, PlacedEvent, PlacedEventType } from './loan-event.ts';
import { recordedSchedule } from './loan-schedule.ts';
import { collapsed, type PayoffStrategy, payoff } from './payoff.ts';
import { replanned, replanOf } from './replan.ts';
import { followInstalments, minorOf, NOTHING_MOVED, type Outcome, type WorkingLoan } from './working-loan.ts';
import { recover, writeOff } from './write-off.ts';

/** What other events say of payments and uses of credit, by their ids. */
export interface Lots {
  /** What is spent of the excess, in minor units. */
  readonly spent: ReadonlyMap<string, bigint>;
  /** Which are to pay the loan off, and how that is reckoned. */
  readonly payoffs: ReadonlyMap<string, PayoffStrategy | null>;
}
export const NOTHING_SAID: Lots = { spent: new Map(), payoffs: new Map() };

/** Any event but the first, which makes the loan. */
export type LaterType = Exclude<PlacedEventType, 'opened'>;
type Apply<Type extends LaterType> = (loan: WorkingLoan, event: LoanEventOf<Type>, lots: Lots) => Outcome;

/** What each type of event does to an open loan. None refuses: that was settled when the event was decided. */
const appliers: { readonly [Type in LaterType]: Apply<Type> } = {
  approved: (loan) => endApplication(loan, 'approved'),
  rejected: (loan) => endApplication(loan, 'rejected'),
  cancelled: (loan) => endApplication(loan, 'cancelled'),
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
  recovered: (loan, { payload }) => recover(loan, minorOf(payload.amount, loan.currency)),
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

function endApplication(loan: WorkingLoan, status: 'approved' | 'rejected' | 'cancelled'): Outcome {
  loan.status = status;
  return NOTHING_MOVED;
}

function disburse(loan: WorkingLoan, { valueDate }: LoanEventOf<'disbursed'>): Outcome {
  const schedule = recordedSchedule(loan, valueDate);
  loan.disbursedOn = valueDate;
  loan.apr = scheduleApr(schedule, loan.terms.frequency);
  Object.assign(loan, planOf(schedule));
  followInstalments(loan);
  const { principal, netDisbursed } = schedule;
  return { ...NOTHING_MOVED, disbursed: netDisbursed, chargedFees: principal - netDisbursed };
}

/** Plans the rest anew; a loan that what came in meanwhile has closed, or left with nothing to plan, keeps its plan. */
function restructure(loan: WorkingLoan, { payload, valueDate }: LoanEventOf<'restructured'>): Outcome {
  if (loan.status !== 'active') return NOTHING_MOVED;
  const anew = replanned(loan, valueDate, replanOf(payload.change));
  if ('refused' in anew) return NOTHING_MOVED;
  Object.assign(loan, anew);
  followInstalments(loan);
  return NOTHING_MOVED;
}

/** A charge belongs to the instalment that falls due next, the last one once all have; none to a loan written off. */
function charge(loan: WorkingLoan, { payload, valueDate }: LoanEventOf<'charged'>): Outcome {
  const { instalments, currency, writtenOff } = loan;
  if (writtenOff !== null) return NOTHING_MOVED;
  const next = instalments.findIndex(({ dueDate }) => dueDate >= valueDate);
  const position = next === -1 ? instalments.length - 1 : next;
  const instalment = instalments[position];
  if (instalment === undefined) throw new Error(`Loan ${loan.loanId} has no instalment to charge`);
  const parts = { ...NO_PARTS, [payload.component]: minorOf(payload.amount, currency) };
  const additions = instalment.additions ?? NO_ADDITIONS;
  instalments[position] = {
    ...instalment,
    additions: { ...additions, charged: addParts(additions.charged, parts) },
  };
  followInstalments(loan);
  return { ...NOTHING_MOVED, charges: [{ instalment: instalment.number, ...parts }] };
}

/** Gives up what is owed of a component that day, or as much of it as the waiver says: the oldest instalment first. */
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
    const parts = { ...NO_PARTS, [component]: part };
    const additions = instalment.additions ?? NO_ADDITIONS;
    loan.instalments[position] = {
      ...instalment,
      additions: { ...additions, waived: addParts(additions.waived, parts) },
    };
    waivers.push({ instalment: instalment.number, ...parts });
  }
  followInstalments(loan);
  return { ...NOTHING_MOVED, waivers };
}

/** Gives the instalments what is not spent already; all that they do not take, the spent part included, is excess. */
function repay(loan: WorkingLoan, { id, amount }: { id: string; amount: string }, on: LocalDate, lots: Lots): Outcome {
  const spent = lots.spent.get(id) ?? 0n;
  const brought = minorOf(amount, loan.currency) - spent;
  const strategy = lots.payoffs.get(id);
  if (strategy !== undefined && loan.status === 'active') {
    const asked = payoff(loan, on, strategy);
    if (brought >= asked.total) loan.instalments = collapsed(loan.instalments, asked);
  }
  const owed = loan.disbursedOn === null ? [] : loan.instalments;
  const order = { ...loan.policy.allocationOrder, on };
  const { allocations, paid, applied, excess: rest } = allocate(brought, owed, order);
  const excess = rest + spent;
  for (const [position, instalment] of paid) loan.instalments[position] = instalment;
  loan.credited += excess;
  followInstalments(loan);
  return { ...NOTHING_MOVED, allocations, applied, excess };
}

function planOf({ instalments }: Schedule) {
  const maturityDate = instalments.at(-1)?.dueDate;
  if (maturityDate === undefined) throw new Error('A recorded loan has an empty schedule');
  return { instalments: instalments.map(unpaidInstalment), maturityDate };
}
