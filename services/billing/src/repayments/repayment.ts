import type { LocalDate } from '@tenor/calendar';
import { min } from '@tenor/money';
import { type LoanInstalment, remainder } from '../delinquency/instalment.ts';
import { compareText } from '../loans/fold-order.ts';
import type { LoanState } from '../loans/loan.ts';
import { totalOwed } from '../loans/outstanding.ts';
import { aged } from '../penalties/passing-days.ts';

/** A share of a payment, in minor units. */
export interface Part {
  readonly loanId: string;
  readonly amount: bigint;
}

/** A payment that settled; amounts in minor units of its currency. */
export interface SettledPayment {
  readonly amount: bigint;
  readonly currency: string;
  readonly valueDate: LocalDate;
  /** Whether the payer named the loans, or they were found. */
  readonly allocation: 'explicit' | 'automatic';
  /** What the payment service expects each loan to take. */
  readonly allocations: readonly Part[];
}

export interface Split {
  /** Each loan once, amounts above zero. What a part brings above its loan's debt is for the fold to credit. */
  readonly parts: readonly Part[];
  /** What no loan can be asked to take: the customer's credit at once. */
  readonly unallocated: bigint;
}

/**
 * How a settled payment is directed at the customer's loans (domain.md §5). Nothing is refused and nothing is lost:
 * Σ parts + unallocated = amount. Only loans of its currency that were paid out by the value date take part.
 *
 * Explicit: each named loan gets all that it was named with, be it more than it owes; what names no such loan is
 * unallocated. Automatic: the expected parts as far as the loans still owe them; then the unpaid instalments of all
 * loans in the order of (due date, disbursement date, loan id, number). The rest goes with the loan that this order ends
 * with, of those that took something if any did, so that a later refold of that loan can take it back.
 */
export function splitPayment(payment: SettledPayment, loans: readonly LoanState[]): Split {
  const able = loans.filter((loan) => canTake(loan, payment)).map((loan) => aged(loan, payment.valueDate));
  const asked = payment.allocations.filter(({ loanId }) => able.some((loan) => loan.loanId === loanId));
  const shares = payment.allocation === 'explicit' ? upTo(payment.amount, asked) : asOwed(payment.amount, asked, able);
  const parts = [...shares].map(([loanId, amount]) => ({ loanId, amount })).filter(({ amount }) => amount > 0n);
  return { parts, unallocated: payment.amount - sumOf(shares) };
}

function canTake(loan: LoanState, { currency, valueDate }: SettledPayment): boolean {
  return loan.currency === currency && loan.disbursedOn !== null && loan.disbursedOn <= valueDate;
}

/** Minor units by loan id, in the order in which the loans were taken. */
type Shares = Map<string, bigint>;

function asOwed(amount: bigint, expected: readonly Part[], loans: readonly LoanState[]): Shares {
  const owed = new Map(loans.map((loan) => [loan.loanId, totalOwed(loan)]));
  const bounded = expected.map(({ loanId, amount: part }) => ({ loanId, amount: min(part, owed.get(loanId) ?? 0n) }));
  const shares = upTo(amount, bounded);
  let left = amount - sumOf(shares);
  if (left === 0n) return shares;
  for (const { loanId, amount: unpaid } of unpaidInOrder(loans, shares)) {
    addTo(shares, loanId, min(left, unpaid));
    left -= min(left, unpaid);
  }
  const takers = loans.filter(({ loanId }) => (shares.get(loanId) ?? 0n) > 0n);
  const last = (takers.length > 0 ? takers : loans).toSorted((a, b) => compareOwing(lastOf(a), lastOf(b))).at(-1);
  if (last !== undefined) addTo(shares, last.loanId, left);
  return shares;
}

/** The parts in turn, each whole until the amount runs out. A loan named twice gets both. */
function upTo(amount: bigint, parts: readonly Part[]): Shares {
  const shares: Shares = new Map();
  let left = amount;
  for (const { loanId, amount: part } of parts) {
    addTo(shares, loanId, min(left, part));
    left -= min(left, part);
  }
  return shares;
}

interface Owing extends Part {
  readonly dueDate: string;
  readonly disbursedOn: string;
  readonly number: number;
}

/** What the loans owe once they have their shares, instalment by instalment in the order of payment. */
function unpaidInOrder(loans: readonly LoanState[], shares: Shares): Owing[] {
  return loans
    .flatMap((loan) => {
      let covered = shares.get(loan.loanId) ?? 0n;
      return loan.instalments.map((instalment) => {
        const part = min(covered, remainder(instalment));
        covered -= part;
        return owing(loan, instalment, remainder(instalment) - part);
      });
    })
    .filter(({ amount }) => amount > 0n)
    .sort(compareOwing);
}

function owing({ loanId, disbursedOn }: LoanState, { dueDate, number }: LoanInstalment, amount: bigint): Owing {
  return { loanId, dueDate, disbursedOn: disbursedOn ?? '', number, amount };
}

function lastOf({ loanId, maturityDate, disbursedOn, instalments }: LoanState): Owing {
  return { loanId, dueDate: maturityDate, disbursedOn: disbursedOn ?? '', number: instalments.length, amount: 0n };
}

function compareOwing(a: Owing, b: Owing): number {
  return (
    compareText(a.dueDate, b.dueDate) ||
    compareText(a.disbursedOn, b.disbursedOn) ||
    compareText(a.loanId, b.loanId) ||
    a.number - b.number
  );
}

function addTo(shares: Shares, loanId: string, amount: bigint): void {
  shares.set(loanId, (shares.get(loanId) ?? 0n) + amount);
}

function sumOf(shares: Shares): bigint {
  return [...shares.values()].reduce((sum, amount) => sum + amount, 0n);
}
