import type { LocalDate } from '@tenor/calendar';
import type { Parts } from '../schedules/schedule.ts';
import type { Account } from './account.ts';

/** What of an event a posting books: a component of an instalment, or money that belongs to none. */
export type Component = keyof Parts | 'disbursement' | 'excess' | 'refund' | 'recovery';

/** One row of the ledger: balanced by construction. */
export interface Posting {
  readonly eventId: string;
  readonly valueDate: LocalDate;
  readonly debit: Account;
  readonly credit: Account;
  /** Minor units, above zero. */
  readonly amount: bigint;
  readonly currency: string;
  readonly instalment: number | null;
  readonly component: Component;
}

/** How much of a payment an instalment took, by component, in minor units. */
export interface Allocation extends Parts {
  /** Number of the instalment. */
  readonly instalment: number;
}

/** What the ledger has to know of an event's effect; amounts in minor units. */
export interface BookedEffect {
  readonly event: { readonly id: string; readonly valueDate: LocalDate };
  /** Money paid out to the borrower. */
  readonly disbursed: bigint;
  /** Fees that the borrower owes as principal from then on, kept back or lent. */
  readonly chargedFees: bigint;
  readonly allocations: readonly Allocation[];
  /** What each instalment still owed when the loan was written off. */
  readonly writtenOff: readonly Allocation[];
  /** What came in of a loan that was written off. */
  readonly recovered: bigint;
  /** Of a payment: what the loan could not take. */
  readonly excess: bigint;
  /** Where the money of a payment came from. */
  readonly paidFrom: Account;
}

/** What a repaid component credits under accrual `cash`: income is earned when it is paid. */
const repaid: readonly (readonly [keyof Parts, Account])[] = [
  ['penalty', 'penalty_income'],
  ['fee', 'fee_income'],
  ['interest', 'interest_income'],
  ['principal', 'loan_principal'],
];

/** The postings of these effects of one loan, in order; an effect that moved no money has none. */
export function postingsOf(effects: readonly BookedEffect[], { currency }: { readonly currency: string }): Posting[] {
  const postings: Posting[] = [];
  for (const { event, disbursed, chargedFees, allocations, writtenOff, recovered, excess, paidFrom } of effects) {
    const book = (debit: Account, credit: Account, amount: bigint, instalment: number | null, component: Component) => {
      if (amount === 0n || debit === credit) return;
      const { id: eventId, valueDate } = event;
      postings.push({ eventId, valueDate, debit, credit, amount, currency, instalment, component });
    };
    book('loan_principal', 'cash_clearing', disbursed, null, 'disbursement');
    book('loan_principal', 'fee_income', chargedFees, null, 'fee');
    for (const allocation of allocations) {
      for (const [component, account] of repaid) {
        book(paidFrom, account, allocation[component], allocation.instalment, component);
      }
    }
    book(paidFrom, 'customer_credit', excess, null, 'excess');
    // Under accrual `cash` only the principal is in the books: the rest was never income.
    for (const { instalment, principal } of writtenOff) {
      book('write_off_expense', 'loan_principal', principal, instalment, 'principal');
    }
    book('cash_clearing', 'recovery_income', recovered, null, 'recovery');
  }
  return postings;
}

/**
 * What has to be posted so that books that hold `before` come to hold `after`: one posting per event, instalment,
 * component and pair of accounts whose net amount differs, its accounts exchanged where the net falls, on the original
 * value date. Postings of `before` may be deltas of earlier differences themselves.
 */
export function difference(before: readonly Posting[], after: readonly Posting[]): Posting[] {
  const deltas = new Map<string, { posting: Posting; net: bigint }>();
  const count = (postings: readonly Posting[], sign: 1n | -1n): void => {
    for (const posting of postings) {
      const { eventId, instalment, component, debit, credit, amount } = posting;
      const isForward = debit < credit;
      const pair = isForward ? `${debit}|${credit}` : `${credit}|${debit}`;
      const key = `${eventId}|${instalment}|${component}|${pair}`;
      const delta = deltas.get(key) ?? { posting: isForward ? posting : inverse(posting), net: 0n };
      delta.net += isForward ? sign * amount : -sign * amount;
      deltas.set(key, delta);
    }
  };
  count(before, -1n);
  count(after, 1n);
  return [...deltas.values()].flatMap(({ posting, net }) => {
    if (net === 0n) return [];
    return [net > 0n ? { ...posting, amount: net } : { ...inverse(posting), amount: -net }];
  });
}

/** Debits less credits by account, in minor units; over a whole ledger in one currency they sum to zero. */
export function balances(postings: readonly Posting[]): Map<Account, bigint> {
  const sums = new Map<Account, bigint>();
  for (const { debit, credit, amount } of postings) {
    sums.set(debit, (sums.get(debit) ?? 0n) + amount);
    sums.set(credit, (sums.get(credit) ?? 0n) - amount);
  }
  return sums;
}

function inverse(posting: Posting): Posting {
  return { ...posting, debit: posting.credit, credit: posting.debit };
}
