import type { LocalDate } from '@tenor/calendar';
import { min } from '@tenor/money';
import type { LoanAccount, PaymentPolicy } from '../loan-accounts/loan-account.ts';

/** One unpaid instalment, net of what payments in flight are going to take of it. */
export interface Owed {
  loanId: string;
  disbursedOn: LocalDate;
  dueDate: LocalDate;
  number: number;
  policy: PaymentPolicy;
  /** Minor units, above zero. */
  amount: bigint;
  /** Whether it grows by the day that it is late: this amount is the least that it owes. */
  growsLate: boolean;
}

/** What one loan is asked to take, in minor units. */
export interface Part {
  loanId: string;
  amount: bigint;
}

export type Taking =
  | { fits: true; parts: Part[]; owed: bigint; rest: bigint }
  /** `wouldDo`: the nearest amounts, below and above, that these instalments would take. */
  | { fits: false; wouldDo: bigint[] };

/**
 * What a loan still owes, instalment by instalment, after the payments in flight. Those take the oldest
 * instalments first (domain.md §5), and what they hold above the loan's debt reserves nothing.
 *
 * @param reserved minor units that payments in flight hold of this loan
 */
export function owedInstalments(loan: LoanAccount, reserved: bigint): Owed[] {
  const disbursedOn = loan.disbursedOn;
  if (loan.status !== 'active' || disbursedOn === null) return [];
  let held = reserved;
  return loan.dueDates.flatMap((dueDate, index) => {
    const unpaid = loan.unpaid[index] ?? 0n;
    const taken = min(held, unpaid);
    held -= taken;
    const amount = unpaid - taken;
    return amount > 0n
      ? [
          {
            loanId: loan.loanId,
            disbursedOn,
            dueDate,
            number: index + 1,
            policy: loan.paymentPolicy,
            amount,
            growsLate: loan.growsLate,
          },
        ]
      : [];
  });
}

/** The order in which instalments of several loans are taken: due date, disbursement date, loan id, number. */
export function compareOwed(a: Owed, b: Owed): number {
  return (
    compareText(a.dueDate, b.dueDate) ||
    compareText(a.disbursedOn, b.disbursedOn) ||
    compareText(a.loanId, b.loanId) ||
    a.number - b.number
  );
}

/**
 * Spends an amount on instalments in their merged order. An `exact` loan takes whole instalments only; a
 * `partial` loan takes nothing that is due after the value date; an `any` loan takes all it owes. An amount
 * that covers everything owed always fits, whatever the policies: its rest is the caller's to credit or reject. What is
 * left over after an instalment that is late and grows may be what that has grown by, which billing alone can tell: its
 * loan is asked to take it.
 *
 * @param amount minor units, above zero
 */
export function take(amount: bigint, owed: readonly Owed[], valueDate: LocalDate): Taking {
  const everything = owed.reduce((total, { amount }) => total + amount, 0n);
  if (amount >= everything) {
    return { fits: true, parts: partsByLoan(owed), owed: everything, rest: amount - everything };
  }
  const taken: Part[] = [];
  let left = amount;
  let growing: string | undefined;
  let above = everything;
  for (const instalment of owed) {
    if (left === 0n) break;
    if (instalment.policy === 'partial' && instalment.dueDate > valueDate) continue;
    if (instalment.policy === 'exact' && left < instalment.amount) {
      above = amount - left + instalment.amount;
      break;
    }
    const part = min(left, instalment.amount);
    taken.push({ loanId: instalment.loanId, amount: part });
    left -= part;
    if (mayOweMore(instalment, valueDate)) growing = instalment.loanId;
  }
  if (left > 0n && growing === undefined) return notExact(amount - left, above);
  if (left > 0n && growing !== undefined) taken.push({ loanId: growing, amount: left });
  return { fits: true, parts: partsByLoan(taken), owed: everything, rest: 0n };
}

/** Whether an instalment may owe more on the value date than is known. */
export function mayOweMore({ growsLate, dueDate }: Owed, valueDate: LocalDate): boolean {
  return growsLate && dueDate < valueDate;
}

function notExact(below: bigint, above: bigint): Taking {
  return { fits: false, wouldDo: below > 0n ? [below, above] : [above] };
}

function partsByLoan(pieces: readonly Part[]): Part[] {
  const totals = new Map<string, bigint>();
  for (const { loanId, amount } of pieces) totals.set(loanId, (totals.get(loanId) ?? 0n) + amount);
  return [...totals].map(([loanId, amount]) => ({ loanId, amount }));
}

/** By code unit, so that every process orders alike whatever its locale. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
