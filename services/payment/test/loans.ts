import { addDays, date, type LocalDate } from '@tenor/calendar';
import type { LateGrowth } from '@tenor/contracts';
import type { LoanAccount } from '../src/loan-accounts/loan-account.ts';

/** A weekly loan account: `unpaid` minor units per instalment, the first due a week after `from`. */
export function weekly(
  given: Partial<LoanAccount> & { loanId: string; unpaid: readonly bigint[] },
  from: string | LocalDate = '2026-01-01',
): LoanAccount {
  const disbursedOn = date(from);
  const outstanding = given.unpaid.reduce((total, amount) => total + amount, 0n);
  return {
    customerId: 'customer',
    externalRef: null,
    currency: 'IDR',
    status: outstanding > 0n ? 'active' : 'paid',
    paymentPolicy: 'exact',
    overpayment: 'credit',
    lateGrowth: null,
    timeZone: null,
    writtenOff: null,
    disbursedOn,
    dueDates: given.unpaid.map((_, index) => addDays(disbursedOn, 7 * (index + 1))),
    outstanding,
    lastSequence: 1n,
    ...given,
  };
}

/** How late instalments grow: a penalty without grace and cap where none is given, and interest. */
export function growth(
  penalty: Partial<NonNullable<LateGrowth['penalty']>> | null,
  interest: LateGrowth['interest'] = null,
): LateGrowth {
  return {
    penalty: penalty && { amount: null, percent_per_day: null, grace_days: 0, cap: null, ...penalty },
    interest,
  };
}
