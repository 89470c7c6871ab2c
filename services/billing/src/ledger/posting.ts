import type { LocalDate } from '@tenor/calendar';
import { max, min } from '@tenor/money';
import type { Parts } from '../schedules/schedule.ts';
import type { Account } from './account.ts';

/** What of an event a posting books: a component of an instalment, or money that belongs to none. */
export type Component = keyof Parts | 'disbursement' | 'excess' | 'refund' | 'recovery';

/** One row of the ledger: balanced by construction. */
export interface Posting {
  /** Null for what the passing of a day earned. */
  readonly eventId: string | null;
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

/** What of an instalment's income, or of what was given up of it, by component; of its fee, so much is tax. */
export interface TaxedAllocation extends Allocation {
  readonly tax: bigint;
}

/** What an event or a day changed where income is earned before it is paid; below zero where that fell. */
export interface Earning {
  /** What of each instalment became income. */
  readonly earned: readonly TaxedAllocation[];
  readonly waived: readonly TaxedAllocation[];
  /** What of each instalment was in the books when it was written off: its principal, and income that did not come in. */
  readonly writtenOff: readonly TaxedAllocation[];
}

/** What the ledger has to know of what an event or a day did; amounts in minor units. */
export interface BookedEffect {
  readonly event: { readonly id: string | null; readonly valueDate: LocalDate };
  /** Left out under accrual `cash`, where income is what was paid. */
  readonly earning?: Earning;
  /** Under accrual `cash`: what of the fees paid to each instalment is tax, and was not before; below zero where it fell. */
  readonly paidTax?: ReadonlyMap<number, bigint>;
  /** Money paid out to the borrower. */
  readonly disbursed: bigint;
  /** What of a disbursement paid another loan of the borrower, as its credit. */
  readonly refinanced: bigint;
  /** Fees that the borrower owes as principal from then on, kept back or lent. */
  readonly chargedFees: bigint;
  readonly allocations: readonly Allocation[];
  /** What each instalment was let off. */
  readonly waivers: readonly Allocation[];
  /** What each instalment still owed when the loan was written off. */
  readonly writtenOff: readonly Allocation[];
  /** What came in of what was written off. */
  readonly recovered: bigint;
  /** Of a payment or recovery: what the loan could not take. */
  readonly excess: bigint;
  /** Where the money of a payment came from. */
  readonly paidFrom: Account;
}

type Accounts = Readonly<Record<Exclude<keyof Parts, 'principal'>, Account>>;
const incomes: Accounts = { penalty: 'penalty_income', fee: 'fee_income', interest: 'interest_income' };
const receivables: Accounts = {
  penalty: 'penalty_receivable',
  fee: 'fee_receivable',
  interest: 'interest_receivable',
};
const earnedComponents = ['penalty', 'fee', 'interest'] as const;

type Book = (debit: Account, credit: Account, amount: bigint, instalment: number | null, component: Component) => void;

/** The postings of these effects of one loan, in order; an effect that moved no money has none. */
export function postingsOf(effects: readonly BookedEffect[], { currency }: { readonly currency: string }): Posting[] {
  const postings: Posting[] = [];
  for (const effect of effects) {
    const { id: eventId, valueDate } = effect.event;
    const book: Book = (debit, credit, amount, instalment, component) => {
      if (amount === 0n || debit === credit) return;
      const posting = { eventId, valueDate, debit, credit, amount, currency, instalment, component };
      postings.push(amount > 0n ? posting : { ...inverse(posting), amount: -amount });
    };
    bookMoney(book, effect);
    for (const { instalment, principal } of effect.waivers)
      book('waiver_expense', 'loan_principal', principal, instalment, 'principal');
    if (effect.earning === undefined) bookWriteOff(book, effect.writtenOff.map(principalOnly));
    else bookEarning(book, effect.earning);
  }
  return postings;
}

/** Money that moved. What is paid of a component is income, or takes off what is receivable of it. */
function bookMoney(book: Book, effect: BookedEffect): void {
  const { disbursed, refinanced, chargedFees, allocations, recovered, excess, paidFrom } = effect;
  const paid = effect.earning === undefined ? incomes : receivables;
  const taxes = new Map(effect.paidTax);
  book('loan_principal', 'cash_clearing', disbursed, null, 'disbursement');
  book('loan_principal', 'customer_credit', refinanced, null, 'disbursement');
  book('loan_principal', 'fee_income', chargedFees, null, 'fee');
  for (const { instalment, ...parts } of allocations) {
    const tax = taxWithin(parts.fee, taxes.get(instalment) ?? 0n);
    taxes.set(instalment, (taxes.get(instalment) ?? 0n) - tax);
    book(paidFrom, 'tax_payable', tax, instalment, 'fee');
    for (const component of earnedComponents)
      book(paidFrom, paid[component], withoutTax(parts, component, tax), instalment, component);
    book(paidFrom, 'loan_principal', parts.principal, instalment, 'principal');
  }
  // What an event makes tax, or fee, of what was paid before.
  for (const [instalment, tax] of taxes) book('fee_income', 'tax_payable', tax, instalment, 'fee');
  book(paidFrom, 'customer_credit', excess, null, 'excess');
  book('cash_clearing', 'recovery_income', recovered, null, 'recovery');
}

function bookEarning(book: Book, { earned, waived, writtenOff }: Earning): void {
  for (const component of earnedComponents) {
    for (const { instalment, tax, ...parts } of earned)
      book(receivables[component], incomes[component], withoutTax(parts, component, tax), instalment, component);
    for (const { instalment, tax, ...parts } of waived)
      book('waiver_expense', receivables[component], withoutTax(parts, component, tax), instalment, component);
  }
  for (const { instalment, tax } of earned) book('fee_receivable', 'tax_payable', tax, instalment, 'fee');
  for (const { instalment, tax } of [...waived, ...writtenOff])
    book('tax_payable', 'fee_receivable', tax, instalment, 'fee');
  bookWriteOff(book, writtenOff);
}

/** What of a fee that moved is tax, where so much became tax in all: no more than the fee, and none against it. */
function taxWithin(fee: bigint, tax: bigint): bigint {
  return fee < 0n ? -taxWithin(-fee, -tax) : max(min(fee, tax), 0n);
}

const withoutTax = (parts: Parts, component: keyof Parts, tax: bigint): bigint =>
  component === 'fee' ? parts.fee - tax : parts[component];

function bookWriteOff(book: Book, writtenOff: readonly TaxedAllocation[]): void {
  for (const { instalment, tax, ...parts } of writtenOff) {
    for (const component of earnedComponents)
      book('write_off_expense', receivables[component], withoutTax(parts, component, tax), instalment, component);
    book('write_off_expense', 'loan_principal', parts.principal, instalment, 'principal');
  }
}

/** Under accrual `cash` only the principal is in the books: the rest was never income. */
function principalOnly({ instalment, principal }: Allocation): TaxedAllocation {
  return { instalment, principal, interest: 0n, fee: 0n, penalty: 0n, tax: 0n };
}

/**
 * What has to be posted so that books that hold `before` come to hold `after`: one posting per event, value date,
 * instalment, component, currency and pair of accounts whose net amount differs, its accounts exchanged where the net falls.
 * Postings of `before` may be deltas of earlier differences themselves.
 */
export function difference(before: readonly Posting[], after: readonly Posting[]): Posting[] {
  const deltas = new Map<string, { posting: Posting; net: bigint }>();
  const count = (postings: readonly Posting[], sign: 1n | -1n): void => {
    for (const posting of postings) {
      const { eventId, valueDate, instalment, component, debit, credit, amount, currency } = posting;
      const isForward = debit < credit;
      const pair = isForward ? `${debit}|${credit}` : `${credit}|${debit}`;
      const key = `${eventId}|${valueDate}|${instalment}|${component}|${pair}|${currency}`;
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
