import { type Account, accounts } from '../ledger/account.ts';

/** By which day of its postings a balance counts them. */
export const dayKinds = ['value_date', 'booked_on'] as const;
export type DayKind = (typeof dayKinds)[number];

/** What was posted to an account in one currency, in minor units. */
export interface AccountSums {
  readonly currency: string;
  readonly account: Account;
  readonly debits: bigint;
  readonly credits: bigint;
}

/** An account with its balance, on the side on which it grows: below zero where it stands on the other. */
export interface AccountBalance extends AccountSums {
  readonly side: 'debit' | 'credit';
  readonly balance: bigint;
}

/** The accounts of one currency; what was debited in all is what was credited. */
export interface TrialBalance extends Pick<AccountSums, 'currency' | 'debits' | 'credits'> {
  readonly accounts: readonly AccountBalance[];
}

/** One per currency, in the order given. */
export function trialBalances(sums: readonly AccountSums[]): TrialBalance[] {
  return [...Map.groupBy(sums, ({ currency }) => currency)].map(([currency, own]) => ({
    currency,
    debits: own.reduce((total, { debits }) => total + debits, 0n),
    credits: own.reduce((total, { credits }) => total + credits, 0n),
    accounts: own.map((each) => {
      const side = accounts[each.account];
      return { ...each, side, balance: side === 'debit' ? each.debits - each.credits : each.credits - each.debits };
    }),
  }));
}
