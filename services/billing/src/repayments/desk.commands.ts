import type { LocalDate } from '@tenor/calendar';
import { customerCredited, customerCreditReclaimed, loanPaid, loanRepaymentReallocated } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import type { UnitOfWork } from '@tenor/service-kit';
import { creditFace } from '../customers/credit.ts';
import type { Posting } from '../ledger/posting.ts';
import { lotIdOf } from '../loans/fold-order.ts';
import type { LoanState } from '../loans/loan.ts';
import type { Step } from '../loans/loan-book.ts';
import type { CustomerBook, LoanBook } from '../loans/loan-books.commands.ts';
import { reallocatedData } from '../loans/loan-messages.ts';
import { NO_LOAN } from '../loans/no-loan.ts';
import { type AppliedPayment, saveApplied } from './applied-payments.store.ts';
import { type CreditUse, saveMovedUses } from './credit-uses.store.ts';

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
}

export function saveDesk({ uow, toSave, movedUses }: Omit<Desk, 'book' | 'now' | 'today'>): void {
  saveApplied(uow, [...toSave.values()]);
  saveMovedUses(uow, [...movedUses.values()]);
}

/** Tells which earlier payments and uses apply or credit another amount now; `causeId` is the one that moved them. */
export function tellMoved(desk: Desk, loan: LoanBook, step: Step, causeId: string): void {
  for (const { before, after } of step.moved) {
    const lotId = lotIdOf(before.event);
    if (lotId === undefined || lotId === causeId || after === undefined) continue;
    const paidFrom = before.event.type === 'credit_used' ? 'credit' : 'payment';
    const message = {
      state: step.state,
      changed: changedNumbers(step),
      paymentId: lotId,
      paidFrom,
      effect: after,
    } as const;
    loan.publisher.publish(loanRepaymentReallocated, reallocatedData(message, before.applied));
    const { loanId, customerId } = loan;
    const { currency } = step.state;
    const amounts = { applied: after.applied, credited: after.excess };
    if (paidFrom === 'credit') desk.movedUses.set(lotId, { customerId, id: lotId, ...amounts });
    else {
      const { valueDate, recordedAt } = before.event;
      const row = rowOf(desk, { paymentId: lotId, currency, valueDate, customerId }, loanId);
      keep(desk, { ...row, ...amounts, recordedAt });
    }
    credit(desk, { lotId, currency, loanId, amount: after.excess - before.excess, reason: 'reallocated' });
  }
}

/** Publishes that an active loan became paid by the step. */
export function tellPaid(loan: LoanBook, before: LoanState | undefined, { state, event }: Step): void {
  if (before?.status !== 'active' || state.status !== 'paid') return;
  const { loanId, customerId } = loan;
  loan.publisher.publish(loanPaid, { loan_id: loanId, customer_id: customerId, paid_on: event.valueDate });
}

export interface CreditChange {
  /** The payment or use whose excess it is. */
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
