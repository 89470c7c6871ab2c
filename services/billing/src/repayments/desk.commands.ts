import type { LocalDate } from '@tenor/calendar';
import {
  customerCredited,
  customerCreditReclaimed,
  loanGrown,
  loanPaid,
  loanRepaymentReallocated,
} from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import type { UnitOfWork } from '@tenor/service-kit';
import { creditFace } from '../customers/credit.ts';
import type { Posting } from '../ledger/posting.ts';
import { lotIdOf } from '../loans/fold-order.ts';
import type { Effect, LoanState } from '../loans/loan.ts';
import type { Step } from '../loans/loan-book.ts';
import type { CustomerBook, LoanBook } from '../loans/loan-books.commands.ts';
import { faceOf, reallocatedData } from '../loans/loan-messages.ts';
import { NO_LOAN } from '../loans/no-loan.ts';
import { minorOf } from '../loans/working-loan.ts';
import { type AppliedPayment, saveApplied } from './applied-payments.store.ts';
import { type CreditUse, saveMovedUses } from './credit-uses.store.ts';
import { type StoredRecovery, saveRecoveries } from './recoveries.store.ts';

/** One customer's part of the work on what payments and credit do to loans. */
export interface Desk {
  readonly uow: UnitOfWork;
  readonly book: CustomerBook;
  readonly now: string;
  readonly today: LocalDate;
  /** By payment: what is stored of it and what this work adds or changes. */
  readonly applied: Map<string, AppliedPayment[]>;
  readonly toSave: Map<string, AppliedPayment>;
  /** Uses of credit that apply another amount now, by id. */
  readonly movedUses: Map<string, Pick<CreditUse, 'customerId' | 'id' | 'applied' | 'credited'>>;
  /** Recoveries that are new or leave another amount as credit now, by id. */
  readonly recoveries: Map<string, StoredRecovery>;
}

type Unsaved = Pick<Desk, 'applied' | 'toSave' | 'movedUses' | 'recoveries'>;

/** Work that nothing was done of yet. */
export function nothingDone(): Unsaved {
  return { applied: new Map(), toSave: new Map(), movedUses: new Map(), recoveries: new Map() };
}

export function saveDesk({ uow, toSave, movedUses, recoveries }: Omit<Desk, 'book' | 'now' | 'today'>): void {
  saveApplied(uow, [...toSave.values()]);
  saveMovedUses(uow, [...movedUses.values()]);
  saveRecoveries(uow, [...recoveries.values()]);
}

/** Tells which earlier payments, uses and recoveries apply or credit another amount now; `causeId` is the one that moved them. */
export function tellMoved(desk: Desk, loan: LoanBook, step: Step, causeId: string): void {
  for (const { before, after } of step.moved) {
    const lotId = lotIdOf(before.event);
    if (lotId === undefined || lotId === causeId || after === undefined) continue;
    const message = { state: step.state, changed: changedNumbers(step), paymentId: lotId, effect: after };
    loan.publisher.publish(loanRepaymentReallocated, reallocatedData(message, before));
    const { loanId } = loan;
    const { currency } = step.state;
    keepMoved(desk, loan, currency, after);
    credit(desk, { lotId, currency, loanId, amount: after.excess - before.excess, reason: 'reallocated' });
  }
}

/** Keeps what a payment, a use of credit or a recovery comes to now. */
function keepMoved(desk: Desk, { customerId, loanId }: LoanBook, currency: string, effect: Effect): void {
  const { event, applied, excess: credited } = effect;
  const { type, payload, valueDate, recordedAt } = event;
  if (type === 'repaid') {
    const row = rowOf(desk, { paymentId: payload.paymentId, currency, valueDate, customerId }, loanId);
    keep(desk, { ...row, applied, credited, recordedAt, isImported: payload.origin === 'imported' });
  } else if (type === 'credit_used') {
    desk.movedUses.set(payload.useId, { customerId, id: payload.useId, applied, credited });
  } else if (type === 'recovered') {
    const { recoveryId: id, amount: text } = payload;
    const amount = minorOf(text, currency);
    desk.recoveries.set(id, { customerId, id, loanId, currency, amount, credited, valueDate, recordedAt });
  }
}

/** Keeps a new recovery, and credits what of it the loan does not take. */
export function takeRecovery(desk: Desk, loan: LoanBook, { effect, state: { currency } }: Step): void {
  if (effect?.event.type !== 'recovered') return;
  keepMoved(desk, loan, currency, effect);
  const lotId = effect.event.payload.recoveryId;
  credit(desk, { lotId, currency, loanId: loan.loanId, amount: effect.excess, reason: 'amount_exceeds_outstanding' });
}

/** Tells what days added to instalments until a step that tells of none itself. */
export function tellGrown({ publisher }: LoanBook, step: Step): void {
  if (step.changed.length === 0) return;
  publisher.publish(loanGrown, { ...faceOf(step.state, changedNumbers(step)), as_of: step.event.valueDate });
}

/** Publishes that an active loan became paid by the step. */
export function tellPaid(loan: LoanBook, before: LoanState | undefined, { state, event }: Step): void {
  if (before?.status !== 'active' || state.status !== 'paid') return;
  const { loanId, customerId } = loan;
  loan.publisher.publish(loanPaid, { loan_id: loanId, customer_id: customerId, paid_on: event.valueDate });
}

export interface CreditChange {
  /** The payment, use or recovery whose excess it is. */
  readonly lotId: string;
  readonly currency: string;
  readonly loanId: string | null;
  /** Minor units; below zero takes back. */
  readonly amount: bigint;
  readonly reason: string;
  /** The refund that gives it back. */
  readonly refundId?: string;
}

/** Changes the customer's credit balance by what a lot gained or lost, and publishes it. */
export function credit({ book }: Desk, { lotId, currency, loanId, amount, reason, refundId }: CreditChange): void {
  if (amount === 0n) return;
  const balance = changeBalance(book, currency, amount);
  const change = {
    customer_id: book.customer.id,
    currency,
    payment_id: lotId,
    loan_id: loanId,
    amount: formatAmount(amount > 0n ? amount : -amount, currency),
    ...balanceAfter(balance, currency),
    reason,
  };
  if (amount < 0n) book.publisher.publish(customerCreditReclaimed, change);
  else book.publisher.publish(customerCredited, refundId === undefined ? change : { ...change, refund_id: refundId });
}

/** The new balance, in minor units; below zero what the customer is short of. */
export function changeBalance(book: CustomerBook, currency: string, amount: bigint): bigint {
  const balance = (book.credits.get(currency) ?? 0n) + amount;
  book.credits.set(currency, balance);
  book.changedCredits.add(currency);
  return balance;
}

/** What events say of the balance. */
export function balanceAfter(balance: bigint, currency: string): { balance: string; shortfall: string } {
  const { credit: own, shortfall } = creditFace(balance);
  return { balance: formatAmount(own, currency), shortfall: formatAmount(shortfall, currency) };
}

/** Books what concerns the customer but none of its loans. */
export function bookForNoLoan({ book, now }: Desk, posting: Omit<Posting, 'instalment'>): void {
  const { id: customerId } = book.customer;
  book.entries.push({ ...posting, instalment: null, customerId, loanId: NO_LOAN, recordedAt: now });
}

type Paid = Pick<AppliedPayment, 'customerId' | 'paymentId' | 'currency' | 'valueDate'>;

/** A row that says nothing yet of what the payment did to this loan. */
export function rowOf(
  { now }: Desk,
  { customerId, paymentId, currency, valueDate }: Paid,
  loanId: string,
): AppliedPayment {
  return {
    customerId,
    paymentId,
    loanId,
    kind: 'payment',
    currency,
    applied: 0n,
    credited: 0n,
    valueDate,
    recordedAt: now,
    isImported: false,
  };
}

export function keep({ applied, toSave }: Desk, row: AppliedPayment): void {
  const others = (applied.get(row.paymentId) ?? []).filter(
    ({ loanId, kind }) => loanId !== row.loanId || kind !== row.kind,
  );
  applied.set(row.paymentId, [...others, row]);
  toSave.set(`${row.paymentId} ${row.loanId} ${row.kind}`, row);
}

export const changedNumbers = ({ changed }: Step): ReadonlySet<number> => new Set(changed.map(({ number }) => number));
