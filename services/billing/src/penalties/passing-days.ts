import { addDays, daysBetween, type LocalDate } from '@tenor/calendar';
import { max } from '@tenor/money';
import { type LoanInstalment, NO_ADDITIONS, NO_PARTS, remainderOf } from '../delinquency/instalment.ts';
import { growsLate, type LateTerms, lateInterestOf, penaltyOf } from './late-charge.ts';

/** What of a loan grows by the passing of days. */
export interface AgeingLoan extends LateTerms {
  /** Null until the money was paid out: nothing is late before. */
  readonly disbursedOn: LocalDate | null;
  /** The first day that is not reckoned yet; null before the first is. */
  readonly clock: LocalDate | null;
  /** In the order of their due dates. */
  readonly instalments: readonly LoanInstalment[];
}

/**
 * The loan with all that grew until the end of `through`: each day costs what was overdue at its start, so the payments
 * of a day count from the next. In one go or day by day, it comes to the same. A loan of which nothing grows, or that
 * is reckoned already, is returned as it is.
 */
export function aged<Loan extends AgeingLoan>(loan: Loan, through: LocalDate): Loan {
  const { disbursedOn, clock } = loan;
  if (disbursedOn === null || !growsLate(loan)) return loan;
  const from = clock ?? disbursedOn;
  if (through < from) return loan;
  const end = addDays(through, 1);
  const instalments = [...loan.instalments];
  for (const [position, instalment] of instalments.entries()) {
    // The others are due later still.
    if (instalment.dueDate >= through) break;
    instalments[position] = agedInstalment(instalment, loan, from, end);
  }
  return { ...loan, instalments, clock: end };
}

/** After the days from `from` until before `end`. */
function agedInstalment(instalment: LoanInstalment, late: LateTerms, from: LocalDate, end: LocalDate): LoanInstalment {
  const before = instalment.additions ?? NO_ADDITIONS;
  const principal = remainderOf(instalment, 'principal');
  const overdue = costingWhenLate(instalment);
  if (overdue === 0n) return instalment;
  const { penalty, lateInterest } = late.policy;
  const lateDays =
    penalty === null
      ? 0n
      : before.lateDays + overdue * daysAfter(addDays(instalment.dueDate, penalty.graceDays), from, end);
  const latePrincipalDays = lateInterest
    ? before.latePrincipalDays + principal * daysAfter(instalment.dueDate, from, end)
    : 0n;
  const grown = {
    ...NO_PARTS,
    interest: lateInterestOf(latePrincipalDays, instalment.dueDate, late),
    penalty: penaltyOf(penalty, lateDays, late),
  };
  return { ...instalment, additions: { ...before, lateDays, latePrincipalDays, grown } };
}

/** What of an instalment costs a penalty while it is late, in minor units. */
export function costingWhenLate(instalment: LoanInstalment): bigint {
  // What lateness itself adds costs nothing more, or days reckoned one by one would cost more than in one go.
  const grown = instalment.additions?.grown.interest ?? 0n;
  const interest = max(remainderOf(instalment, 'interest') - grown, 0n);
  return remainderOf(instalment, 'principal') + interest + remainderOf(instalment, 'fee');
}

/** How many of the days from `from` until before `end` come after `day`. */
function daysAfter(day: LocalDate, from: LocalDate, end: LocalDate): bigint {
  const next = addDays(day, 1);
  const first = next > from ? next : from;
  return first < end ? BigInt(daysBetween(first, end)) : 0n;
}
