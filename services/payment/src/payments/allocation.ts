import type { LocalDate } from '@tenor/calendar';
import { min } from '@tenor/money';
import { mostGrowth } from '../loan-accounts/late-growth.ts';
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
  /** The most that it may owe beyond that amount since it is late, in minor units. */
  growth: bigint;
}

/** What one loan is asked to take, in minor units. */
export interface Part {
  loanId: string;
  amount: bigint;
}

export type Taking =
  | { fits: true; parts: Part[]; owed: bigint; rest: bigint }
  /** `wouldDo`: the nearest known amounts, below and above, that these instalments would take. */
  | { fits: false; wouldDo: bigint[] };

/**
 * What a loan still owes, instalment by instalment, after the payments in flight. Those take the oldest
 * instalments first (domain.md §5), and what they hold above the loan's debt reserves nothing. A loan that was written
 * off owes by any earlier day what was given up then, as one sum: billing alone knows its instalments of that day.
 *
 * @param reserved minor units that payments in flight hold of this loan
 * @param day the value date of the payment, until which what is late may have grown
 */
export function owedInstalments(loan: LoanAccount, reserved: bigint, day: LocalDate): Owed[] {
  const { disbursedOn, writtenOff } = loan;
  if (disbursedOn === null) return [];
  if (writtenOff !== null) return owedBefore(writtenOff, { ...loan, disbursedOn }, reserved, day);
  if (loan.status !== 'active') return [];
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
            growth: mostGrowth(loan.lateGrowth, { dueDate, unpaid, currency: loan.currency }, day),
          },
        ]
      : [];
  });
}

function owedBefore(
  { on, amount: owed }: NonNullable<LoanAccount['writtenOff']>,
  { loanId, disbursedOn }: LoanAccount & { disbursedOn: LocalDate },
  reserved: bigint,
  day: LocalDate,
): Owed[] {
  const amount = owed - min(reserved, owed);
  if (day > on || amount === 0n) return [];
  return [{ loanId, disbursedOn, dueDate: on, number: 1, policy: 'any', amount, growth: 0n }];
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

/** The order in which whole loans are taken: disbursement date, loan id; then their instalments. */
export function compareTaken(a: Owed, b: Owed): number {
  return compareText(a.disbursedOn, b.disbursedOn) || compareText(a.loanId, b.loanId) || compareOwed(a, b);
}

/**
 * Spends an amount on instalments in their merged order. An `exact` loan takes whole instalments only; a
 * `partial` loan takes nothing that is due after the value date; an `any` loan takes all it owes. An amount
 * that covers everything owed always fits, whatever the policies: its rest is the caller's to credit or reject. Whatever
 * is left over goes first to what the instalments that are paid may have grown by, the oldest first; more than that
 * fits none of them.
 *
 * @param amount minor units, above zero
 */
export function take(amount: bigint, owed: readonly Owed[], valueDate: LocalDate): Taking {
  const everything = owed.reduce((total, { amount }) => total + amount, 0n);
  const taken: Part[] = [];
  const grown: Part[] = [];
  const coversAll = amount >= everything;
  let left = amount;
  let above = everything;
  for (const { loanId, amount: known, growth, policy, dueDate } of owed) {
    if (left === 0n) break;
    if (!coversAll && policy === 'partial' && dueDate > valueDate) continue;
    if (policy === 'exact' && left < known) {
      above = amount - left + known;
      break;
    }
    const part = min(left, known);
    taken.push({ loanId, amount: part });
    grown.push({ loanId, amount: growth });
    left -= part;
  }
  const below = amount - left;
  for (const { loanId, amount: growth } of grown) {
    const part = min(left, growth);
    taken.push({ loanId, amount: part });
    left -= part;
  }
  if (left > 0n && !coversAll) return notExact(below, above);
  return { fits: true, parts: partsByLoan(taken), owed: everything, rest: left };
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
