import type { LocalDate } from '@tenor/calendar';
import { customerCreditUsed, loanRepaid, type Refusal } from '@tenor/contracts';
import { formatAmount, type Money } from '@tenor/money';
import { isRefusal, newId, type UnitOfWork } from '@tenor/service-kit';
import { noCustomer } from '../customers/customers.commands.ts';
import { type MoneyInput, readMoney } from '../customers/money-input.ts';
import { type LoanBook, openBooks, record, saveBooks } from '../loans/loan-books.commands.ts';
import { repaidData } from '../loans/loan-messages.ts';
import { noLoan } from '../loans/loan-views.store.ts';
import { insertUse } from '../repayments/credit-uses.store.ts';
import {
  balanceAfter,
  changedNumbers,
  type Desk,
  nothingDone,
  saveDesk,
  tellMoved,
  tellPaid,
} from '../repayments/desk.commands.ts';
import type { RepaymentService } from '../repayments/repayments.commands.ts';
import { creditOn, type Lot, spend } from './credit-balance.ts';
import { checkUse } from './credit-use.ts';
import { lotsJson, spendLots } from './spendings.commands.ts';
import { loadLots } from './spent-credits.store.ts';

export interface UseCredit {
  readonly customerId: string;
  readonly loanId: string;
  readonly amount: MoneyInput;
}

/** What an idempotency key keeps of a use. */
export interface CreditUseReference {
  readonly customer_id: string;
  readonly credit_use_id: string;
}

/**
 * Pays a loan of the customer out of the customer's credit, today where its product lends, with credit that was there by
 * then. Refuses `validation_failed`, `not_found` for customer and loan, what `checkUse` refuses of the loan, and
 * `credit_exceeded`.
 */
export async function useCredit(
  uow: UnitOfWork,
  service: Pick<RepaymentService, 'today'>,
  { customerId, loanId, amount }: UseCredit,
): Promise<CreditUseReference | Refusal> {
  const money = readMoney(amount, '/amount');
  if (isRefusal(money)) return money;
  const { currency } = money;
  let lots: Lot[] = [];
  const books = await openBooks(uow, [customerId], async () => {
    lots = await loadLots(uow, customerId, currency);
    return [loanId, ...lots.map((lot) => lot.loanId)];
  });
  const book = books.customers.get(customerId);
  if (book === undefined) return noCustomer(customerId);
  const loan = book.loans.get(loanId);
  if (loan?.state === undefined) return noLoan(loanId);
  const valueDate = service.today(loan.state.policy.timeZone);
  const refusal = checkUse(money, loan.state, valueDate);
  if (refusal !== undefined) return refusal;
  const held = { currency, balance: book.credits.get(currency) ?? 0n, lots };
  const parts = spend(money.minor, creditOn(held, valueDate));
  if (isRefusal(parts)) return parts;
  const work = { uow, ...nothingDone() };
  const desk: Desk = { ...work, book, now: books.now, today: service.today(null) };
  const useId = newId();
  const balance = await spendLots(desk, { spendingId: useId, kind: 'use', currency, valueDate, parts });
  await payWithCredit(desk, loan, { useId, money, valueDate });
  book.publisher.publish(customerCreditUsed, {
    customer_id: customerId,
    currency,
    credit_use_id: useId,
    loan_id: loanId,
    amount: formatAmount(money.minor, currency),
    balance: balanceAfter(balance, currency).balance,
    lots: lotsJson({ parts, currency }),
  });
  saveBooks(uow, books, ({ policy }) => service.today(policy.timeZone));
  saveDesk(work);
  return { customer_id: customerId, credit_use_id: useId };
}

async function payWithCredit(
  desk: Desk,
  loan: LoanBook,
  { useId, money: { minor, currency }, valueDate }: { useId: string; money: Money; valueDate: LocalDate },
): Promise<void> {
  const before = loan.state;
  const payload = { useId, amount: formatAmount(minor, currency) };
  const step = await record(desk.uow, loan, { type: 'credit_used', valueDate, payload }, desk.now);
  const { state, effect } = step;
  if (effect === undefined) throw new Error(`The use ${useId} left no effect on the loan ${loan.loanId}`);
  const message = { state, changed: changedNumbers(step), paymentId: useId, effect };
  loan.publisher.publish(loanRepaid, repaidData(message, false));
  const { loanId, customerId } = loan;
  const { applied, excess: credited } = effect;
  const { recordedAt } = step.event;
  insertUse(desk.uow, {
    customerId,
    id: useId,
    loanId,
    currency,
    amount: minor,
    applied,
    credited,
    valueDate,
    recordedAt,
  });
  tellMoved(desk, loan, step, useId);
  tellPaid(loan, before, step);
}
