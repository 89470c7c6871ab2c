import type { LocalDate } from '@tenor/calendar';
import { customerRefundAuthorised, customerRefundRefused } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { isRefusal, type UnitOfWork } from '@tenor/service-kit';
import type { Account } from '../ledger/account.ts';
import { type Books, openBooks, record, saveBooks } from '../loans/loan-books.commands.ts';
import { NO_LOAN } from '../loans/no-loan.ts';
import {
  balanceAfter,
  bookForNoLoan,
  credit,
  type Desk,
  nothingDone,
  saveDesk,
  tellMoved,
  tellPaid,
} from '../repayments/desk.commands.ts';
import type { RepaymentService } from '../repayments/repayments.commands.ts';
import { type Lot, spend } from './credit-balance.ts';
import { statusAfter } from './refund.ts';
import type { RefundInstruction } from './refund-instruction.ts';
import { findRefund, insertRefund, type Refund, saveRefundStatus } from './refunds.store.ts';
import { lotsJson, spendLots } from './spendings.commands.ts';
import { loadLots, loadSpent, loansOf, returnSpent, type SpentCredit } from './spent-credits.store.ts';

type Clerk = Pick<RepaymentService, 'today'>;

/**
 * Follows one refund: authorises or refuses it, books it as paid out, or gives its credit back. What was done before,
 * by the same refund id, is left alone, so that a replay changes nothing even without an inbox.
 */
export async function followRefund(uow: UnitOfWork, service: Clerk, instruction: RefundInstruction): Promise<void> {
  switch (instruction.kind) {
    case 'requested':
      return authorise(uow, service, instruction);
    case 'paid_out':
      return payOut(uow, service, instruction);
    case 'failed':
      return giveBack(uow, service, instruction);
    default:
      return instruction.kind satisfies never;
  }
}

async function authorise(uow: UnitOfWork, service: Clerk, instruction: RefundInstruction): Promise<void> {
  const { customerId, refundId, currency, amount } = instruction;
  let known: Refund | undefined;
  let lots: Lot[] = [];
  const books = await openBooks(uow, [customerId], async () => {
    known = await findRefund(uow, customerId, refundId);
    lots = known === undefined ? await loadLots(uow, customerId, currency) : [];
    return loansOf(lots);
  });
  if (known !== undefined) return;
  const desk = deskOf(uow, service, books, instruction);
  const { book } = desk;
  const held = book.credits.get(currency) ?? 0n;
  const parts = spend(amount, { currency, balance: held, lots });
  const asked = { refund_id: refundId, customer_id: customerId, currency, amount: formatAmount(amount, currency) };
  const refund = { customerId, id: refundId, currency, amount, recordedAt: books.now };
  if (isRefusal(parts)) {
    insertRefund(uow, { ...refund, valueDate: desk.today, status: 'refused' });
    const { balance } = balanceAfter(held, currency);
    book.publisher.publish(customerRefundRefused, { ...asked, balance, reason: parts.refused });
  } else {
    // Credit of a loan where tomorrow has begun already is given back on that day, which is when it came.
    const valueDate = parts.reduce((day, part) => laterOf(day, part.valueDate), desk.today);
    const authorised = { ...refund, valueDate, status: 'authorised' } as const;
    insertRefund(uow, authorised);
    const left = await spendLots(desk, { spendingId: refundId, kind: 'refund', currency, valueDate, parts });
    bookRefund(desk, authorised, 'customer_credit', 'refund_payable');
    const { balance } = balanceAfter(left, currency);
    book.publisher.publish(customerRefundAuthorised, { ...asked, balance, lots: lotsJson({ parts, currency }) });
  }
  save(desk, service, books);
}

async function payOut(uow: UnitOfWork, service: Clerk, instruction: RefundInstruction): Promise<void> {
  let known: Refund | undefined;
  const books = await openBooks(uow, [instruction.customerId], async () => {
    known = await findRefund(uow, instruction.customerId, instruction.refundId);
    return [];
  });
  const refund = movedBy(known, 'paid_out', instruction);
  if (refund === undefined) return;
  const desk = deskOf(uow, service, books, instruction);
  bookRefund(desk, { ...refund, valueDate: laterOf(desk.today, refund.valueDate) }, 'refund_payable', 'cash_clearing');
  saveRefundStatus(uow, refund);
  save(desk, service, books);
}

/**
 * The same lots hold the credit again; where a loan has come to need it, its payments take it at once. Money that had
 * left is booked as back today.
 */
async function giveBack(uow: UnitOfWork, service: Clerk, instruction: RefundInstruction): Promise<void> {
  const { customerId, refundId, currency } = instruction;
  let known: Refund | undefined;
  let spent: SpentCredit[] = [];
  const books = await openBooks(uow, [customerId], async () => {
    known = await findRefund(uow, customerId, refundId);
    spent = await loadSpent(uow, customerId, refundId);
    return loansOf(spent);
  });
  const refund = movedBy(known, 'failed', instruction);
  if (refund === undefined) return;
  const desk = deskOf(uow, service, books, instruction);
  const cameBack = refund.status === 'returned';
  const today = laterOf(desk.today, refund.valueDate);
  if (cameBack) bookRefund(desk, { ...refund, valueDate: today }, 'cash_clearing', 'refund_payable');
  bookRefund(desk, refund, 'refund_payable', 'customer_credit');
  const reason = cameBack ? 'refund_returned' : 'refund_failed';
  for (const { lotId, loanId, amount } of spent) {
    const place = loanId === NO_LOAN ? null : loanId;
    credit(desk, { lotId, currency, loanId: place, amount, reason, refundId });
  }
  for (const loanId of loansOf(spent)) {
    const loan = desk.book.loans.get(loanId);
    if (loan === undefined) throw new Error(`The loan ${loanId} of a refund is missing`);
    const before = loan.state;
    const payload = { spendingId: refundId };
    const step = await record(uow, loan, { type: 'credit_returned', valueDate: desk.today, payload }, desk.now);
    tellMoved(desk, loan, step, refundId);
    tellPaid(loan, before, step);
  }
  returnSpent(uow, customerId, refundId, desk.now);
  saveRefundStatus(uow, refund);
  save(desk, service, books);
}

/** The refund as the news leaves it; undefined when that was taken in before. Throws for one that is not known. */
function movedBy(
  refund: Refund | undefined,
  news: 'paid_out' | 'failed',
  { refundId }: RefundInstruction,
): Refund | undefined {
  if (refund === undefined) throw new Error(`The refund ${refundId} is unknown here; it cannot be ${news}`);
  const status = statusAfter(refund.status, news);
  return status && { ...refund, status };
}

function deskOf(uow: UnitOfWork, service: Clerk, books: Books, { customerId }: RefundInstruction): Desk {
  const book = books.customers.get(customerId);
  if (book === undefined) throw new Error(`The customer ${customerId} of a refund does not exist`);
  const work = { uow, ...nothingDone() };
  return { ...work, book, now: books.now, today: service.today(null) };
}

function bookRefund(desk: Desk, { id, valueDate, amount, currency }: Refund, debit: Account, to: Account): void {
  bookForNoLoan(desk, { eventId: id, valueDate, debit, credit: to, amount, currency, component: 'refund' });
}

function save(desk: Desk, service: Clerk, books: Books): void {
  saveBooks(desk.uow, books, ({ policy }) => service.today(policy.timeZone));
  saveDesk(desk);
}

const laterOf = (one: LocalDate, other: LocalDate): LocalDate => (one < other ? other : one);
