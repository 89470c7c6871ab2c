import type { Refusal } from '@tenor/contracts';
import { formatAmount, type Money } from '@tenor/money';
import type { LoanState } from '../loans/loan.ts';
import type { DraftEvent, LoanEvent } from '../loans/loan-event.ts';
import { totalOwed } from '../loans/outstanding.ts';
import { leftToRecover } from '../loans/write-off.ts';
import { aged } from '../penalties/passing-days.ts';
import { checkCurrency, checkLive, checkNotFuture, type Effective } from './charge.ts';

export interface Recovery {
  readonly recoveryId: string;
  /** What the outside calls it. */
  readonly externalRef: string | null;
  readonly amount: Money;
}

/**
 * Writes off all that a live loan owes that day. Refuses what `checkLive` does, `state_conflict` for
 * a day before the last disbursement, and `nothing_owed`.
 */
export function decideWriteOff(state: LoanState, reason: string | null, when: Effective): DraftEvent | Refusal {
  const valueDate = when.valueDate ?? when.businessDate;
  const refusal = checkLive(state, valueDate, when.businessDate);
  if (refusal !== undefined) return refusal;
  const last = state.paidOut.at(-1);
  if (last !== undefined && valueDate < last.on) {
    const detail = `Money of the loan was paid out on ${last.on}, which is after ${valueDate}.`;
    return { refused: 'state_conflict', detail, meta: { status: state.status, since: last.on } };
  }
  if (totalOwed(aged(state, valueDate)) > 0n) return { type: 'written_off', valueDate, payload: { reason } };
  return { refused: 'nothing_owed', detail: 'The loan owes nothing.' };
}

/** Whether the loan took a recovery in already that the outside calls so. */
export function isKnownRecovery(journal: readonly LoanEvent[], externalRef: string): boolean {
  return journal.some(({ type, payload }) => type === 'recovered' && payload.externalRef === externalRef);
}

/**
 * Takes in money of a loan that was written off. Refuses `state_conflict` for any other loan or a day before the
 * write-off, `value_date_in_future`, `currency_mismatch`, and `amount_exceeds_outstanding` for more than is left.
 */
export function decideRecovery(state: LoanState, recovery: Recovery, when: Effective): DraftEvent | Refusal {
  const valueDate = when.valueDate ?? when.businessDate;
  const { currency, status, writtenOff, loanId } = state;
  if (writtenOff === null) {
    const detail = `The loan is ${status}; this needs it to be written_off.`;
    return { refused: 'state_conflict', detail, meta: { status, allowed: ['written_off'] } };
  }
  if (valueDate < writtenOff.on) {
    const detail = `The loan was written off on ${writtenOff.on}, which is after ${valueDate}.`;
    return { refused: 'state_conflict', detail, meta: { status, since: writtenOff.on } };
  }
  const refusal = checkNotFuture(valueDate, when.businessDate) ?? checkCurrency(state, recovery.amount);
  if (refusal !== undefined) return refusal;
  const { recoveryId, externalRef, amount } = recovery;
  const left = leftToRecover(writtenOff);
  if (amount.minor > left) {
    const outstanding = formatAmount(left, currency);
    const detail = `Of what was written off, ${outstanding} ${currency} is left.`;
    return { refused: 'amount_exceeds_outstanding', detail, meta: { loan_id: loanId, outstanding, currency } };
  }
  const payload = { recoveryId, externalRef, amount: formatAmount(amount.minor, currency) };
  return { type: 'recovered', valueDate, payload };
}
