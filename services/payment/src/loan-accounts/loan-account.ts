import { date, type LocalDate } from '@tenor/calendar';
import type { AnyEvent, Event, LateGrowth } from '@tenor/contracts';
import { minorUnits } from './minor-units.ts';

export type LoanStatus = Event<'loan.opened'>['data']['status'];
export type PaymentPolicy = 'exact' | 'partial' | 'any';
export type Overpayment = 'credit' | 'reject';

/** What payment knows of a loan: enough to decide a payment by, and of its terms only the most that lateness may add. */
export interface LoanAccount {
  loanId: string;
  customerId: string;
  externalRef: string | null;
  currency: string;
  status: LoanStatus;
  paymentPolicy: PaymentPolicy;
  overpayment: Overpayment;
  disbursedOn: LocalDate | null;
  /** By instalment: the first element belongs to number 1. */
  dueDates: readonly LocalDate[];
  /** Minor units still unpaid by instalment, beside `dueDates`. */
  unpaid: readonly bigint[];
  /** Minor units. */
  outstanding: bigint;
  /** The rule by which what is late comes to owe more by the day than events have told; null: it does not. */
  lateGrowth: LateGrowth | null;
  /** Of a loan that was written off: when, and what it owed then in minor units. */
  writtenOff: { readonly on: LocalDate; readonly amount: bigint } | null;
  /** IANA name of the zone that its business dates are of; null: the installation's. */
  timeZone: string | null;
  /** The sequence of the last event of this loan that was taken in. */
  lastSequence: bigint;
}

/** Any event whose subject is a loan. */
export type LoanEvent = Extract<AnyEvent, { type: `loan.${string}` }>;

/** The events that show the loan's new face. */
type LoanMoved = Event<
  | 'loan.disbursed'
  | 'loan.repaid'
  | 'loan.repayment_reallocated'
  | 'loan.repayment_reversed'
  | 'loan.charged'
  | 'loan.waived'
  | 'loan.written_off'
  | 'loan.grown'
  | 'loan.restructured'
>;

/**
 * The loan after an event. One that it has passed already, by its sequence, changes nothing and gives back the
 * very same account; one of a type that says nothing about payments only moves the sequence. A snapshot says all
 * there is, whatever came before.
 *
 * @throws for an event with another one missing before it: sequences have no gaps, so that one was lost
 */
export function evolve(account: LoanAccount | undefined, event: LoanEvent): LoanAccount {
  const lastSequence = BigInt(event.sequence);
  const passed = account?.lastSequence ?? 0n;
  if (account && lastSequence <= passed) return account;
  if (event.type === 'loan.snapshot') return shown(event, lastSequence);
  if (lastSequence !== passed + 1n) throw missing(event, passed);
  if (event.type === 'loan.opened') return opened(event, lastSequence);
  if (!account) throw new Error(`${event.type} of loan ${event.subject}, which was never opened`);
  switch (event.type) {
    case 'loan.disbursed':
      return {
        ...moved(account, event),
        disbursedOn: account.disbursedOn ?? date(event.data.disbursed_on),
        lastSequence,
      };
    case 'loan.repaid':
    case 'loan.repayment_reallocated':
    case 'loan.repayment_reversed':
    case 'loan.charged':
    case 'loan.waived':
    case 'loan.written_off':
    case 'loan.grown':
      return { ...moved(account, event), lastSequence };
    case 'loan.restructured':
      return {
        ...moved({ ...account, dueDates: [], unpaid: [] }, event),
        lateGrowth: event.data.late_growth ?? null,
        lastSequence,
      };
    case 'loan.approved':
      return { ...account, status: 'approved', lastSequence };
    case 'loan.rejected':
      return { ...account, status: 'rejected', lastSequence };
    case 'loan.cancelled':
      return { ...account, status: 'cancelled', lastSequence };
    case 'loan.failed':
      return { ...account, status: 'failed', lastSequence };
    case 'loan.paid':
      return { ...account, status: 'paid', lastSequence };
    default:
      return { ...account, lastSequence };
  }
}

function missing({ type, subject, sequence }: LoanEvent, passed: bigint): Error {
  return new Error(`${type} of loan ${subject} is number ${sequence} after number ${passed}: republish the loan`);
}

function opened(event: Event<'loan.opened'>, lastSequence: bigint): LoanAccount {
  const { schedule, total, currency } = event.data;
  return {
    ...agreed(event),
    disbursedOn: null,
    writtenOff: null,
    unpaid: schedule.map((instalment) => minorUnits(instalment.total, currency)),
    outstanding: minorUnits(total, currency),
    lastSequence,
  };
}

function shown(event: Event<'loan.snapshot'>, lastSequence: bigint): LoanAccount {
  const { schedule, outstanding, currency, disbursed_on: disbursedOn } = event.data;
  return {
    ...agreed(event),
    disbursedOn: disbursedOn === null ? null : date(disbursedOn),
    writtenOff: writtenOffOf(event.data),
    unpaid: schedule.map((instalment) => minorUnits(instalment.unpaid, currency)),
    outstanding: minorUnits(outstanding, currency),
    lastSequence,
  };
}

/** What both say of the loan that was agreed. */
function agreed({ subject, data }: Event<'loan.opened' | 'loan.snapshot'>) {
  return {
    loanId: subject,
    customerId: data.customer_id,
    externalRef: data.external_ref,
    currency: data.currency,
    status: data.status,
    paymentPolicy: data.payment_policy,
    overpayment: data.overpayment,
    lateGrowth: data.late_growth ?? null,
    timeZone: data.time_zone ?? null,
    dueDates: data.schedule.map((instalment) => date(instalment.due_date)),
  };
}

/** The loan with the face that the event shows: the instalments it names replace those of their numbers. */
function moved(account: LoanAccount, { data }: LoanMoved): LoanAccount {
  const dueDates = [...account.dueDates];
  const unpaid = [...account.unpaid];
  for (const instalment of data.unpaid) {
    dueDates[instalment.number - 1] = date(instalment.due_date);
    unpaid[instalment.number - 1] = minorUnits(instalment.amount, data.currency);
  }
  return {
    ...account,
    status: data.status,
    dueDates,
    unpaid,
    outstanding: minorUnits(data.outstanding, data.currency),
    writtenOff: writtenOffOf(data),
  };
}

function writtenOffOf({ written_off: of, currency }: Pick<LoanMoved['data'], 'written_off' | 'currency'>) {
  return of === undefined ? null : { on: date(of.on), amount: minorUnits(of.amount, currency) };
}

/**
 * Whether money of that day can pay the loan: what came in until a loan was written off is no recovery, whenever it is
 * found.
 */
export function takesMoneyOf({ status, writtenOff }: LoanAccount, day: LocalDate): boolean {
  return status === 'active' || (writtenOff !== null && day <= writtenOff.on);
}

export function isLoanEvent(event: AnyEvent): event is LoanEvent {
  return event.type.startsWith('loan.');
}
