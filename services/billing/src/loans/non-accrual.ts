import { addDays, daysBetween, type LocalDate } from '@tenor/calendar';
import { delinquency } from '../delinquency/delinquency.ts';
import type { Allocation } from '../ledger/posting.ts';
import { aged } from '../penalties/passing-days.ts';
import { earnedIncome } from './earned-income.ts';
import type { LoanState } from './loan.ts';

/**
 * Whether what a loan earns is income (docs/ledger.md). Each day is judged at its end and decides about the days after
 * it: past `nonAccrualAfterDays`, only what is paid becomes income, until nothing was in arrears for
 * `accrualAgainAfterDays`. Days between events are judged as one stretch: without an event arrears only grow.
 */
export interface NonAccrual {
  /** The first day that is not judged yet. */
  readonly unjudged: LocalDate;
  /** What of each instalment was income at the end of the day that stopped it; null while income is earned. */
  readonly held: readonly Allocation[] | null;
  /** The first of the days without arrears, up to now; null while something is in arrears or nothing is held back. */
  readonly clearedOn: LocalDate | null;
}

/** The loan as it stands at the start of the events of `day`: the days before are judged, and late charges have grown. */
export function broughtTo<Loan extends LoanState>(loan: Loan, day: LocalDate): Loan {
  const { policy, disbursedOn } = loan;
  if (policy.accrual === 'cash' || policy.delinquency.nonAccrualAfterDays === null || disbursedOn === null) {
    return aged(loan, day);
  }
  const standing = loan.nonAccrual ?? { unjudged: disbursedOn, held: null, clearedOn: null };
  return aged({ ...loan, nonAccrual: judged(loan, standing, addDays(day, -1)) }, day);
}

/** The standing with the days until the end of `through` judged. */
function judged(loan: LoanState, standing: NonAccrual, through: LocalDate): NonAccrual {
  const { unjudged, held } = standing;
  if (through < unjudged) return standing;
  const next = { unjudged: addDays(through, 1), clearedOn: null };
  if (loan.status === 'paid') return { ...next, held: null };
  if (loan.status !== 'active') return { ...next, held };
  return held === null ? heldAfter(loan, standing, through) : releasedAfter(loan, { ...standing, held }, through);
}

/** Of a loan that earns: stopped by the first day past the limit. */
function heldAfter(loan: LoanState, { unjudged }: NonAccrual, through: LocalDate): NonAccrual {
  const limit = loan.policy.delinquency.nonAccrualAfterDays ?? Number.POSITIVE_INFINITY;
  const day = firstDay(unjudged, through, (on) => delinquency(aged(loan, on), on).daysPastDue > limit);
  const next = { unjudged: addDays(through, 1), clearedOn: null };
  if (day === undefined) return { ...next, held: null };
  const income = earnedIncome({ ...aged(loan, day), nonAccrual: null }, day);
  return { ...next, held: income.map(({ tax, ...held }) => held) };
}

/** Of a loan whose income is held back: released once it was long enough without arrears, and then judged on. */
function releasedAfter(
  loan: LoanState,
  { unjudged, held, clearedOn }: NonAccrual & { readonly held: readonly Allocation[] },
  through: LocalDate,
): NonAccrual {
  const next = { unjudged: addDays(through, 1), held };
  const firstArrears = firstDay(unjudged, through, (on) => delinquency(aged(loan, on), on).arrears > 0n);
  if (firstArrears === unjudged) return { ...next, clearedOn: null };
  const since = clearedOn ?? unjudged;
  const again = addDays(since, loan.policy.delinquency.accrualAgainAfterDays ?? 0);
  if (again <= through && (firstArrears === undefined || again < firstArrears)) {
    const released = { unjudged: addDays(again, 1), held: null, clearedOn: null };
    return judged(loan, released, through);
  }
  return { ...next, clearedOn: firstArrears === undefined ? since : null };
}

/** The first day from `from` through `through` of which something is true that then stays true; found by halving. */
function firstDay(from: LocalDate, through: LocalDate, isSo: (day: LocalDate) => boolean): LocalDate | undefined {
  if (!isSo(through)) return undefined;
  let [low, high] = [0, daysBetween(from, through)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isSo(addDays(from, middle))) high = middle;
    else low = middle + 1;
  }
  return addDays(from, low);
}
