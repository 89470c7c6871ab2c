import type { LocalDate } from '@tenor/calendar';
import { formatAmount } from '@tenor/money';
import { record } from '../loans/loan-books.commands.ts';
import type { SpendingKind } from '../loans/loan-event.ts';
import { NO_LOAN } from '../loans/no-loan.ts';
import { changeBalance, type Desk, tellGrown } from '../repayments/desk.commands.ts';
import type { SpentPart } from './credit-balance.ts';
import { insertSpent } from './spent-credits.store.ts';

export interface Spending {
  readonly spendingId: string;
  readonly kind: SpendingKind;
  readonly currency: string;
  /** On or after those of the parts: nothing is spent before it came. */
  readonly valueDate: LocalDate;
  readonly parts: readonly SpentPart[];
}

/** Takes the parts out of their lots and out of the balance, which it returns. */
export async function spendLots(desk: Desk, spending: Spending): Promise<bigint> {
  const { spendingId, kind, currency, valueDate, parts } = spending;
  const { uow, book, now } = desk;
  const rows = [];
  for (const { lotId, loanId, amount } of parts) {
    let recordedAt = now;
    if (loanId !== NO_LOAN) {
      const loan = book.loans.get(loanId);
      if (loan === undefined) throw new Error(`The loan ${loanId} of a credit is missing`);
      const payload = { lotId, spendingId, kind, amount: formatAmount(amount, currency) };
      const step = await record(uow, loan, { type: 'credit_spent', valueDate, payload }, now);
      tellGrown(loan, step);
      recordedAt = step.event.recordedAt;
    }
    rows.push({
      customerId: book.customer.id,
      spendingId,
      lotId,
      loanId,
      kind,
      currency,
      amount,
      valueDate,
      recordedAt,
    });
  }
  insertSpent(uow, rows);
  return changeBalance(book, currency, -parts.reduce((sum, { amount }) => sum + amount, 0n));
}

/** What events say of the lots that were spent. */
export function lotsJson({ parts, currency }: Pick<Spending, 'parts' | 'currency'>) {
  return parts.map(({ lotId, loanId, amount }) => ({
    payment_id: lotId,
    loan_id: loanId === NO_LOAN ? null : loanId,
    amount: formatAmount(amount, currency),
  }));
}
