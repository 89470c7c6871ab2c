import type { LocalDate } from '@tenor/calendar';
import { formatAmount } from '@tenor/money';
import { isSettled } from '../../delinquency/instalment.ts';
import { fold, type LoanState } from '../../loans/loan.ts';
import type { LoanEvent } from '../../loans/loan-event.ts';
import { statedInstalment, statedTotal } from '../../loans/stated-instalment.ts';
import type { LendingLoanJson } from './lending.schemas.ts';

/** What is answered to a new loan. */
export function lendingLoanJson({ loanId, externalId, ...loan }: LoanState): LendingLoanJson {
  const { currency, principal, instalments, disbursedOn, paidOut } = loan;
  const text = (minor: bigint): string => formatAmount(minor, currency);
  const [first] = instalments;
  return {
    loan_id: externalId ?? loanId,
    principal_amount: text(principal),
    start_date: disbursedOn ?? paidOut[0]?.on ?? '',
    weekly_payment: text(first === undefined ? 0n : statedInstalment(first).total),
    total_amount: text(statedTotal(instalments)),
  };
}

/** The value date on which each settled instalment was completed, by its number, told by the loan's events. */
export function completionDates(events: readonly LoanEvent[], asOf: LocalDate): ReadonlyMap<number, LocalDate> {
  const days = [...new Set(events.map(({ valueDate }) => valueDate))].filter((day) => day <= asOf).sort();
  const completed = new Map<number, LocalDate>();
  for (const day of days) {
    const settled = (fold(events, { asOf: day })?.state.instalments ?? []).filter(isSettled);
    const numbers = new Set(settled.map(({ number }) => number));
    for (const number of completed.keys()) if (!numbers.has(number)) completed.delete(number);
    for (const number of numbers) if (!completed.has(number)) completed.set(number, day);
  }
  return completed;
}
