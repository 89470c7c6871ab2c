import { type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import { min, parseAmount } from '@tenor/money';
import {
  addParts,
  isSettled,
  type LoanInstalment,
  NO_ADDITIONS,
  NO_PARTS,
  remainderOf,
  unpaidInstalment,
} from '../delinquency/instalment.ts';
import { paused, resumed } from '../delinquency/pause.ts';
import type { Account } from '../ledger/account.ts';
import type { Allocation } from '../ledger/posting.ts';
import { scheduleApr } from '../schedules/apr.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { allocate } from './allocation.ts';
import type { LoanState } from './loan.ts';
import type { LoanEventOf, PlacedEvent, PlacedEventType } from './loan-event.ts';
import { recordedSchedule } from './loan-schedule.ts';

/** A state while events are applied to it: a private copy, whose instalments are replaced, never changed. */
export type WorkingLoan = { -readonly [Field in keyof LoanState]: LoanState[Field] } & {
  instalments: LoanInstalment[];
};

/** What an event moved, in minor units. */
export interface Outcome {
  /** Money paid out. */
  readonly disbursed: bigint;
  /** Fees kept back from it or lent on top of it: with it, the principal that is owed. */
  readonly chargedFees: bigint;
  /** What each instalment was charged with. */
  readonly charges: readonly Allocation[];
  /** What each instalment was let off. */
  readonly waivers: readonly Allocation[];
  /** What each instalment took of a payment. */
  readonly allocations: readonly Allocation[];
  /** Sum of the allocations. */
  readonly applied: bigint;
  /** What of a payment the loan could not take, spent since or not: credit of the customer. */
  readonly excess: bigint;
  /** Where the applied money came from. */
  readonly paidFrom: Extract<Account, 'cash_clearing' | 'customer_credit'>;
}

export const NOTHING_MOVED: Outcome = {
  disbursed: 0n,
  chargedFees: 0n,
  charges: [],
  waivers: [],
  allocations: [],
  applied: 0n,
  excess: 0n,
  paidFrom: 'cash_clearing',
};

/** What is spent of the excess of each payment or use of credit, by its id, in minor units. */
export type Spent = ReadonlyMap<string, bigint>;
export const NOTHING_SPENT: Spent = new Map();

/** Any event but the first, which makes the loan. */
export type LaterType = Exclude<PlacedEventType, 'opened'>;
type Apply<Type extends LaterType> = (loan: WorkingLoan, event: LoanEventOf<Type>, spent: Spent) => Outcome;

/** What each type of event does to an open loan. None refuses: that was settled when the event was decided. */
const appliers: { readonly [Type in LaterType]: Apply<Type> } = {
  approved: (loan) => endApplication(loan, 'approved'),
  rejected: (loan) => endApplication(loan, 'rejected'),
  cancelled: (loan) => endApplication(loan, 'cancelled'),
  disbursed: disburse,
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
  repaid: (loan, { payload, valueDate }, spent) => repay(loan, payload.amount, valueDate, spent.get(payload.paymentId)),
  credit_used: (loan, { payload, valueDate }, spent) => ({
    ...repay(loan, payload.amount, valueDate, spent.get(payload.useId)),
    paidFrom: 'customer_credit',
  }),
  credit_spent: (loan, { payload }) => {
    loan.credited -= minorOf(payload.amount, loan.currency);
    return NOTHING_MOVED;
  },
};

/** Changes the working copy by one event and says what it moved. */
export function apply(loan: WorkingLoan, event: LoanEventOf<LaterType>, spent: Spent): Outcome {
  // The table pairs each type with its own function, which TypeScript cannot follow through a union of keys.
  return (appliers[event.type] as Apply<LaterType>)(loan, event, spent);
}

/** What these events spent of each lot. */
export function spentOf(events: readonly PlacedEvent[], currency: string): Spent {
  const spent = new Map<string, bigint>();
  for (const event of events) {
    if (event.type !== 'credit_spent') continue;
    const { lotId, amount } = event.payload;
    spent.set(lotId, (spent.get(lotId) ?? 0n) + minorOf(amount, currency));
  }
  return spent;
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
    pauses: [],
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

/** A charge belongs to the instalment that falls due next, the last one once all have. */
function charge(loan: WorkingLoan, { payload, valueDate }: LoanEventOf<'charged'>): Outcome {
  const { instalments, currency } = loan;
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
function repay(loan: WorkingLoan, amount: string, on: LocalDate, spent = 0n): Outcome {
  const owed = loan.disbursedOn === null ? [] : loan.instalments;
  const order = { ...loan.policy.allocationOrder, on };
  const { allocations, paid, applied, excess: rest } = allocate(minorOf(amount, loan.currency) - spent, owed, order);
  const excess = rest + spent;
  for (const [position, instalment] of paid) loan.instalments[position] = instalment;
  loan.credited += excess;
  followInstalments(loan);
  return { ...NOTHING_MOVED, allocations, applied, excess };
}

/** A disbursed loan is paid while no instalment owes anything, and active again as soon as one does. */
function followInstalments(loan: WorkingLoan): void {
  if (loan.disbursedOn !== null) loan.status = loan.instalments.every(isSettled) ? 'paid' : 'active';
}

function planOf({ instalments }: Schedule) {
  const maturityDate = instalments.at(-1)?.dueDate;
  if (maturityDate === undefined) throw new Error('A recorded loan has an empty schedule');
  return { instalments: instalments.map(unpaidInstalment), maturityDate };
}

function minorOf(text: string, currency: string): bigint {
  const minor = parseAmount(text, currency);
  if (typeof minor !== 'bigint') throw new Error(`A recorded amount is none of ${currency}: ${text} (${minor})`);
  return minor;
}
