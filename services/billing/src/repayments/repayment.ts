import type { LocalDate } from '@tenor/calendar';
import { min } from '@tenor/money';
import { remainder, sumOfParts } from '../delinquency/instalment.ts';
import { compareText } from '../loans/fold-order.ts';
import type { LoanState } from '../loans/loan.ts';
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
 * unallocated. Automatic: the expected parts as far as the loans still owe them; then what is unpaid of all loans for
 * which the value date has come, in the order of (due date, disbursement date, loan id, number). The rest goes with the
 * loan that this order ends with, of those that took something if any did, so that a later refold of that loan can take
 * it back.
 *
 * @param today the business date in a loan's time zone; null is the installation's
 */
export function splitPayment(
  payment: SettledPayment,
  loans: readonly LoanState[],
  today: (timeZone: string | null) => LocalDate,
): Split {
  const able = loans.filter((loan) => canTake(loan, payment));
  const asked = payment.allocations.filter(({ loanId }) => able.some((loan) => loan.loanId === loanId));
  const shares =
    payment.allocation === 'explicit'
      ? upTo(payment.amount, asked)
      : asOwed(payment, asked, debtsOf(able, payment.valueDate, today));
  const parts = [...shares].map(([loanId, amount]) => ({ loanId, amount })).filter(({ amount }) => amount > 0n);
  return { parts, unallocated: payment.amount - sumOf(shares) };
}

function canTake(loan: LoanState, { currency, valueDate }: SettledPayment): boolean {
  return loan.currency === currency && loan.disbursedOn !== null && loan.disbursedOn <= valueDate;
}

/** Minor units by loan id, in the order in which the loans were taken. */
type Shares = Map<string, bigint>;

/** What a loan owes to money of one day. */
interface Debt {
  readonly loanId: string;
  /** In the order of payment, each above zero. */
  readonly unpaid: readonly Owing[];
  /** Where the loan stands among others when nothing is owed. */
  readonly end: Owing;
  /** Whether that day has come where its product lends; until then it takes what payment expects it to, no more. */
  readonly hasCome: boolean;
}

function debtsOf(
  loans: readonly LoanState[],
  day: LocalDate,
  today: (timeZone: string | null) => LocalDate,
): readonly Debt[] {
  return loans
    .filter(({ writtenOff }) => writtenOff === null || day <= writtenOff.on)
    .map((loan) => ({
      loanId: loan.loanId,
      unpaid: unpaidOf(loan, day),
      end: owing(loan, loan.maturityDate, loan.instalments.length, 0n),
      hasCome: day <= today(loan.policy.timeZone),
    }));
}

/** A loan that was written off owes by any earlier day what was given up then, as one sum, as payment counts it. */
function unpaidOf(loan: LoanState, day: LocalDate): Owing[] {
  const { writtenOff } = loan;
  const unpaid =
    writtenOff === null
      ? aged(loan, day).instalments.map((each) => owing(loan, each.dueDate, each.number, remainder(each)))
      : [owing(loan, writtenOff.on, 1, sumOfParts(writtenOff))];
  return unpaid.filter(({ amount }) => amount > 0n);
}

function asOwed({ amount }: SettledPayment, expected: readonly Part[], debts: readonly Debt[]): Shares {
  const owed = new Map(
    debts.map(({ loanId, unpaid }) => [loanId, unpaid.reduce((sum, each) => sum + each.amount, 0n)]),
  );
  const bounded = expected.map(({ loanId, amount: part }) => ({ loanId, amount: min(part, owed.get(loanId) ?? 0n) }));
  const shares = upTo(amount, bounded);
  let left = amount - sumOf(shares);
  if (left === 0n) return shares;
  const reached = debts.filter(({ hasCome }) => hasCome);
  for (const { loanId, amount: unpaid } of unpaidInOrder(reached, shares)) {
    addTo(shares, loanId, min(left, unpaid));
    left -= min(left, unpaid);
  }
  const takers = debts.filter(({ loanId }) => (shares.get(loanId) ?? 0n) > 0n);
  const last = (takers.length > 0 ? takers : reached).toSorted((a, b) => compareOwing(a.end, b.end)).at(-1);
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

/** What is still owed once the loans have their shares, in the order of payment. */
function unpaidInOrder(debts: readonly Debt[], shares: Shares): Owing[] {
  return debts
    .flatMap(({ loanId, unpaid }) => {
      let covered = shares.get(loanId) ?? 0n;
      return unpaid.map((each) => {
        const part = min(covered, each.amount);
        covered -= part;
        return { ...each, amount: each.amount - part };
      });
    })
    .filter(({ amount }) => amount > 0n)
    .sort(compareOwing);
}

function owing({ loanId, disbursedOn }: LoanState, dueDate: LocalDate, number: number, amount: bigint): Owing {
  return { loanId, dueDate, disbursedOn: disbursedOn ?? '', number, amount };
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
