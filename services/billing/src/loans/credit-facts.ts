import { type LocalDate, yearOf } from '@tenor/calendar';
import type { Money } from '@tenor/money';
import type { CreditHistory } from '../credit/internal-score.ts';
import { monthly, regularInstalment } from '../credit/monthly-instalment.ts';
import { isSettled } from '../delinquency/instalment.ts';
import { type Schedule, totalOf } from '../schedules/schedule.ts';
import type { LoanState } from './loan.ts';
import { outstanding } from './outstanding.ts';
import type { Punctuality } from './punctuality.ts';

/** What a customer's own credit is decided by, beside the limit; minor units of `currency`. */
export interface CreditStanding {
  readonly currency: string;
  readonly history: CreditHistory;
  readonly currentPrincipal: bigint;
  readonly currentAmounts: bigint;
  readonly instalmentsNow: bigint;
  readonly monthlyIncome: Money | null;
}

/** A loan of the customer as it stands on the day. */
export interface KnownLoan {
  readonly state: LoanState;
  readonly punctuality: Punctuality;
  /** Instalments that were paid on time beyond those due, of a loan that was taken over; they pay nothing. */
  readonly surplusOnTime: number;
}

/**
 * What the customer's loans say on `asOf`. Instalments and loans are counted in every currency; amounts in the one that
 * is asked for only, since nothing here converts. A loan is current when money is outstanding and its last due date is
 * `asOf` or later; one that is only requested reserves its amount and instalment as if it were.
 */
export function creditStanding(
  loans: readonly KnownLoan[],
  currency: string,
  asOf: LocalDate,
): Omit<CreditStanding, 'monthlyIncome'> {
  const lent = loans.filter(({ state }) => state.disbursedOn !== null);
  const states = loans.map(({ state }) => state).filter((state) => state.currency === currency);
  const current = states.filter((state) => isCurrent(state, asOf));
  const committed = [...current, ...states.filter(isRequested)];
  return {
    currency,
    history: {
      pastLoans: lent.length,
      loansThisYear: lent.filter(({ state: { disbursedOn } }) => isInYearOf(disbursedOn, asOf)).length,
      volume: sum(states.filter(({ disbursedOn }) => disbursedOn !== null).map(({ principal }) => principal)),
      instalmentsDue: lent.reduce((total, { punctuality: { due } }) => total + due, 0),
      instalmentsOnTime: lent.reduce((total, { punctuality: { onTime } }) => total + onTime, 0),
      surplusOnTime: lent.reduce((total, { surplusOnTime }) => total + surplusOnTime, 0),
    },
    currentPrincipal: sum(current.map((state) => outstanding(state, asOf).principal)),
    currentAmounts: sum(committed.map(({ principal }) => principal)),
    instalmentsNow: sum(committed.map(monthlyOf)),
  };
}

/** What the instalments of a plan come to in a month. */
export function monthlyInstalment({ instalments }: Pick<Schedule, 'instalments'>, { terms }: Pick<LoanState, 'terms'>) {
  return monthly(regularInstalment(instalments.map(totalOf)), terms.frequency);
}

/** Of what is still to be paid, so that a plan made anew counts from its day on. */
function monthlyOf({ instalments, terms }: LoanState): bigint {
  return monthlyInstalment({ instalments: instalments.filter((each) => !isSettled(each)) }, { terms });
}

/** Whether money is outstanding and its last due date is `asOf` or later. */
export function isCurrent(state: LoanState, asOf: LocalDate): boolean {
  return state.status === 'active' && state.maturityDate >= asOf && outstanding(state, asOf).total > 0n;
}

const isRequested = ({ status }: LoanState): boolean => status === 'pending' || status === 'approved';

const isInYearOf = (day: LocalDate | null, asOf: LocalDate): boolean => day !== null && yearOf(day) === yearOf(asOf);

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
