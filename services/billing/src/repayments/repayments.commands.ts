import type { LocalDate } from '@tenor/calendar';
import { loanRepaid, loanRepaymentReversed } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import type { UnitOfWork } from '@tenor/service-kit';
import { lotIdOf } from '../loans/fold-order.ts';
import { type LoanBook, openBooks, record, saveBooks } from '../loans/loan-books.commands.ts';
import { repaidData, reversedData } from '../loans/loan-messages.ts';
import { NO_LOAN } from '../loans/no-loan.ts';
import { type AppliedPayment, loadApplied } from './applied-payments.store.ts';
import {
  bookForNoLoan,
  changedNumbers,
  credit,
  type Desk,
  keep,
  nothingDone,
  rowOf,
  saveDesk,
  tellMoved,
  tellPaid,
} from './desk.commands.ts';
import type { PaymentInstruction, ReverseInstruction, SettleInstruction } from './payment-instruction.ts';
import { splitPayment } from './repayment.ts';

export interface RepaymentService {
  readonly today: (timeZone: string | null) => LocalDate;
  readonly countApplied: (currency: string, minor: bigint) => void;
}

/**
 * Applies settled payments and takes back reversed ones, of many customers in one set of statements. Refuses nothing:
 * what fits no loan becomes credit. Whatever was applied before, by the same payment id, is left alone, so that a
 * replay changes nothing even without an inbox.
 */
export async function applyPayments(
  uow: UnitOfWork,
  service: RepaymentService,
  instructions: readonly PaymentInstruction[],
): Promise<void> {
  if (instructions.length === 0) return;
  const customerIds = [...new Set(instructions.map(({ customerId }) => customerId))];
  const paymentIds = [...new Set(instructions.map(({ paymentId }) => paymentId))];
  let rows: AppliedPayment[] = [];
  const traced = tracing(uow);
  const books = await openBooks(traced.uow, customerIds, async () => {
    rows = await loadApplied(uow, customerIds, paymentIds);
    return [...rows.map(({ loanId }) => loanId), ...instructions.flatMap(namedLoans)];
  });
  const applied = Map.groupBy(rows, ({ paymentId }) => paymentId);
  const work = { uow, ...nothingDone(), applied };
  for (const instruction of instructions) {
    const book = books.customers.get(instruction.customerId);
    if (book === undefined) throw new Error(`The customer ${instruction.customerId} of a payment does not exist`);
    traced.follow(instruction.traceparent);
    const desk: Desk = { ...work, book, now: books.now, today: service.today(null) };
    if (instruction.kind === 'settled') await settle(desk, service, instruction);
    else await takeBack(desk, instruction);
  }
  traced.follow(undefined);
  saveBooks(uow, books, ({ policy }) => service.today(policy.timeZone));
  saveDesk(work);
}

/** The unit of work whose events belong to the trace of the instruction at hand, and to its own without one. */
function tracing(uow: UnitOfWork): { uow: UnitOfWork; follow(traceparent: string | undefined): void } {
  let current: string | undefined;
  const publish: UnitOfWork['publish'] = (event) =>
    uow.publish({ ...event, traceparent: current ?? event.traceparent });
  return {
    uow: { ...uow, publish },
    follow(traceparent) {
      current = traceparent;
    },
  };
}

function namedLoans(instruction: PaymentInstruction): string[] {
  return instruction.kind === 'settled' ? instruction.allocations.map(({ loanId }) => loanId) : [];
}

async function settle(desk: Desk, service: RepaymentService, payment: SettleInstruction): Promise<void> {
  const known = desk.applied.get(payment.paymentId) ?? [];
  if (known.some(({ kind }) => kind === 'payment')) return;
  const states = [...desk.book.loans.values()].flatMap(({ state }) => state ?? []);
  const { parts, unallocated } = splitPayment(payment, states, service.today);
  for (const part of parts) {
    const loan = desk.book.loans.get(part.loanId);
    if (loan === undefined) throw new Error(`A payment was split to the loan ${part.loanId}, which it cannot reach`);
    await repay(desk, payment, loan, part.amount);
  }
  if (unallocated > 0n) {
    keep(desk, { ...rowOf(desk, payment, NO_LOAN), credited: unallocated });
    bookExcess(desk, payment, unallocated);
    credit(desk, { ...payment, lotId: payment.paymentId, loanId: null, amount: unallocated, reason: 'no_loan' });
  }
  desk.uow.afterCommit(() => service.countApplied(payment.currency, payment.amount));
  const early = known.find(({ kind }) => kind === 'reversal');
  if (early !== undefined) await undo(desk, { ...payment, kind: 'reversed', as: 'reversal' });
}

async function repay(desk: Desk, payment: SettleInstruction, loan: LoanBook, amount: bigint): Promise<void> {
  const { paymentId, externalRef, currency, valueDate } = payment;
  const before = loan.state;
  const payload = { paymentId, externalRef, amount: formatAmount(amount, currency) };
  const step = await record(desk.uow, loan, { type: 'repaid', valueDate, payload }, desk.now);
  const { state, effect } = step;
  if (effect === undefined) throw new Error(`The payment ${paymentId} left no effect on the loan ${loan.loanId}`);
  const message = { state, changed: changedNumbers(step), paymentId, effect };
  loan.publisher.publish(loanRepaid, repaidData(message, before?.status !== 'active'));
  const { loanId } = loan;
  keep(desk, {
    ...rowOf(desk, payment, loanId),
    applied: effect.applied,
    credited: effect.excess,
    recordedAt: step.event.recordedAt,
  });
  tellMoved(desk, loan, step, paymentId);
  if (effect.excess > 0n) {
    const reason = 'amount_exceeds_outstanding';
    credit(desk, { lotId: paymentId, currency, loanId, amount: effect.excess, reason });
  }
  tellPaid(loan, before, step);
}

async function takeBack(desk: Desk, reversal: ReverseInstruction): Promise<void> {
  const known = desk.applied.get(reversal.paymentId) ?? [];
  if (known.some(({ kind }) => kind === 'reversal')) return;
  if (known.length > 0) return undo(desk, reversal);
  // The payment itself is still to come; it is then applied and taken back at once.
  keep(desk, { ...rowOf(desk, { ...reversal, valueDate: desk.today }, NO_LOAN), kind: 'reversal' });
}

async function undo(desk: Desk, reversal: ReverseInstruction): Promise<void> {
  const payments = (desk.applied.get(reversal.paymentId) ?? []).filter(({ kind }) => kind === 'payment');
  for (const row of payments) {
    const reversed = { ...row, kind: 'reversal', recordedAt: desk.now } as const;
    if (row.loanId === NO_LOAN) {
      bookExcess(desk, row, -row.credited);
      credit(desk, {
        ...row,
        lotId: row.paymentId,
        loanId: null,
        amount: -row.credited,
        reason: 'payment_reversed',
      });
      keep(desk, reversed);
      continue;
    }
    const loan = desk.book.loans.get(row.loanId);
    if (loan === undefined) throw new Error(`The loan ${row.loanId} of a reversed payment is missing`);
    const recordedAt = await reverseOn(desk, loan, reversal, row.valueDate);
    keep(desk, { ...reversed, recordedAt });
  }
}

async function reverseOn(
  desk: Desk,
  loan: LoanBook,
  reversal: ReverseInstruction,
  valueDate: LocalDate,
): Promise<string> {
  const { paymentId, as: kind, currency } = reversal;
  const before = loan.state;
  const draft = { type: 'repayment_reversed', valueDate, payload: { paymentId, kind } } as const;
  const step = await record(desk.uow, loan, draft, desk.now);
  const own = step.moved.find(({ before: effect }) => lotIdOf(effect.event) === paymentId)?.before;
  const message = { state: step.state, changed: changedNumbers(step), paymentId, kind, valueDate };
  loan.publisher.publish(loanRepaymentReversed, reversedData({ ...message, applied: own?.applied ?? 0n }));
  if (own !== undefined && own.excess > 0n) {
    const { loanId } = loan;
    credit(desk, { lotId: paymentId, currency, loanId, amount: -own.excess, reason: 'payment_reversed' });
  }
  tellMoved(desk, loan, step, paymentId);
  tellPaid(loan, before, step);
  return step.event.recordedAt;
}

/** Books the part of a payment that no loan takes; below zero it is taken back. */
function bookExcess(
  desk: Desk,
  { paymentId, currency, valueDate }: Pick<AppliedPayment, 'paymentId' | 'currency' | 'valueDate'>,
  amount: bigint,
): void {
  const posting = { eventId: paymentId, valueDate, currency, component: 'excess' } as const;
  if (amount > 0n) bookForNoLoan(desk, { ...posting, debit: 'cash_clearing', credit: 'customer_credit', amount });
  if (amount < 0n) {
    bookForNoLoan(desk, { ...posting, debit: 'customer_credit', credit: 'cash_clearing', amount: -amount });
  }
}
