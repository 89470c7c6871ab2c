import type { LocalDate } from '@tenor/calendar';
import { type LoanAccount, takesMoneyOf } from '../loan-accounts/loan-account.ts';

/** What a payment says of where it goes. */
interface Addressed {
  readonly currency: string;
  /** The loans that the payer named, or null to pay whatever is oldest. */
  readonly allocations: readonly { readonly loanId: string }[] | null;
}

/**
 * The day that it is for a payment, which is the latest value date that it may have and the one that it gets when it
 * says none (domain.md §1): the earliest day that it is for one of the loans that it names or, where it names none, may
 * reach, so that no loan has money of a day that has not come there. Without such a loan it is the installation's.
 *
 * @param today the day that it is in a time zone; null is the installation's
 */
export function businessDateFor(
  { currency, allocations }: Addressed,
  loans: readonly LoanAccount[],
  today: (timeZone: string | null) => LocalDate,
): LocalDate {
  const named = new Set(allocations?.map(({ loanId }) => loanId));
  const reached = loans.filter((loan) =>
    allocations === null
      ? loan.currency === currency && takesMoneyOf(loan, today(loan.timeZone))
      : named.has(loan.loanId),
  );
  return reached.map(({ timeZone }) => today(timeZone)).sort()[0] ?? today(null);
}
