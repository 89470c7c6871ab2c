import type { LocalDate } from '@tenor/calendar';
import type { LoanAccount } from '../loan-accounts/loan-account.ts';

/**
 * The day that it is for a payment, which is the latest value date that it may have and the one that it gets when it
 * says none (domain.md §1): where it names loans, the earliest day that it is for one of them.
 *
 * @param today the day that it is in a time zone; null is the installation's
 */
export function businessDateFor(
  named: readonly { readonly loanId: string }[] | null,
  loans: readonly LoanAccount[],
  today: (timeZone: string | null) => LocalDate,
): LocalDate {
  const ids = new Set(named?.map(({ loanId }) => loanId));
  const days = loans.filter(({ loanId }) => ids.has(loanId)).map(({ timeZone }) => today(timeZone));
  return (
    days.reduce<LocalDate | null>((first, day) => (first === null || day < first ? day : first), null) ?? today(null)
  );
}
