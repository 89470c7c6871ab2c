import { addDays, daysBetween, type LocalDate } from '@tenor/calendar';
import { max } from '@tenor/money';
import {
  addedTax,
  askedOf,
  isSettled,
  type LoanInstalment,
  NO_ADDITIONS,
  NO_PARTS,
  remainderOf,
} from '../delinquency/instalment.ts';
import { growsLate, type LateCharges, type LateTerms, lateCharges } from './late-charge.ts';

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
  const ageing = ageingOver(loan, from, end);
  const instalments = [...loan.instalments];
  for (const [position, instalment] of instalments.entries()) {
    // The others are due later still.
    if (instalment.dueDate >= through) break;
    if (!isSettled(instalment)) instalments[position] = agedInstalment(instalment, ageing);
  }
  return { ...loan, instalments, clock: end };
}

/** Days from `from` until before `end`, and how many they are. */
interface Span {
  readonly from: LocalDate;
  readonly end: LocalDate;
  readonly days: bigint;
}

/** What every instalment that ages over the same days has in common. */
interface Ageing {
  readonly policy: LateTerms['policy'];
  readonly charges: LateCharges;
  readonly passed: Span;
  /** The same days less the grace: as many of them come after the due date as of those passed after the grace. */
  readonly passedGrace: Span;
}

function ageingOver(late: LateTerms, from: LocalDate, end: LocalDate): Ageing {
  const grace = late.policy.penalty?.graceDays ?? 0;
  const days = BigInt(daysBetween(from, end));
  const passedGrace = { from: addDays(from, -grace), end: addDays(end, -grace), days };
  return { policy: late.policy, charges: lateCharges(late), passed: { from, end, days }, passedGrace };
}

function agedInstalment(instalment: LoanInstalment, ageing: Ageing): LoanInstalment {
  const overdue = costingWhenLate(instalment);
  if (overdue === 0n) return instalment;
  const { policy, charges, passed, passedGrace } = ageing;
  const { dueDate } = instalment;
  const before = instalment.additions ?? NO_ADDITIONS;
  const lateDays = policy.penalty === null ? 0n : before.lateDays + overdue * daysAfter(dueDate, passedGrace);
  const latePrincipalDays = policy.lateInterest
    ? before.latePrincipalDays + remainderOf(instalment, 'principal') * daysAfter(dueDate, passed)
    : 0n;
  const interest = charges.lateInterestOf(latePrincipalDays, dueDate);
  const penalty = charges.penaltyOf(lateDays);
  // Both times of all the penalty that is asked, so that the tax on what grew day by day is rounded once.
  const asked = askedOf(instalment, 'penalty');
  const taxed = charges.taxOf({ penalty: asked, interest: before.grown.interest });
  const taxable = { penalty: asked + penalty - before.grown.penalty, interest };
  const fee = before.grown.fee + charges.taxOf(taxable) - taxed;
  const grown = { ...NO_PARTS, interest, fee, penalty };
  return { ...instalment, additions: { ...before, lateDays, latePrincipalDays, grown } };
}

/** What of an instalment costs a penalty while it is late, in minor units: of its fee, not the tax on penalties. */
export function costingWhenLate(instalment: LoanInstalment): bigint {
  // What lateness itself adds costs nothing more, or days reckoned one by one would cost more than in one go.
  const grown = instalment.additions?.grown.interest ?? 0n;
  const interest = max(remainderOf(instalment, 'interest') - grown, 0n);
  const fee = max(remainderOf(instalment, 'fee') - addedTax(instalment), 0n);
  return remainderOf(instalment, 'principal') + interest + fee;
}

/** How many of the days come after `day`. */
function daysAfter(day: LocalDate, { from, end, days }: Span): bigint {
  if (day < from) return days;
  return day < end ? BigInt(daysBetween(day, end) - 1) : 0n;
}
