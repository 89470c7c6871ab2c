import type { LocalDate } from '@tenor/calendar';
import { divideRounded, max, min } from '@tenor/money';
import {
  addParts,
  type LoanInstalment,
  NO_PARTS,
  remainderOf,
  remaindersOf,
  subtractParts,
  sumOfParts,
  withAdded,
} from '../delinquency/instalment.ts';
import { interestTax } from '../products/charge.ts';
import type { ProductPolicy } from '../products/policy.ts';
import type { Parts } from '../schedules/schedule.ts';
import type { LoanState } from './loan.ts';
import { planFrame } from './loan-schedule.ts';
import {
  hasEnded,
  interestOfPlan,
  type PassedInterest,
  passedBy,
  postponedOf,
  roundedInterest,
} from './plan-interest.ts';

export type PayoffStrategy = NonNullable<ProductPolicy['settlement']['payoff']>;

/** What it takes to end a loan on one day, in minor units. */
export interface Payoff extends Parts {
  readonly on: LocalDate;
  /** Null where all that is unpaid is asked for. */
  readonly strategy: PayoffStrategy | null;
  /** What of the interest is given back. */
  readonly rebate: bigint;
  /** The parts less the rebate. */
  readonly total: bigint;
  /** What of it each instalment asks for, in their order, the rebate not taken off. */
  readonly asked: readonly Parts[];
}

/**
 * The payoff of a loan that was paid out (domain.md §8), seen at the end of `on`, to which it must be aged: all that is
 * due, and of the rest the principal, the interest of the time until then, the fees of the periods that have begun and
 * whatever was charged. A flat loan asks for all that is unpaid, less its rebate; so does any loan without a strategy,
 * less nothing. What was paid in advance is not given back.
 */
export function payoff(loan: LoanState, on: LocalDate, strategy: PayoffStrategy | null): Payoff {
  const { instalments, terms } = loan;
  const isFlat = terms.interestMethod === 'flat';
  const applied = isFlat ? null : strategy;
  const asked = applied === null ? instalments.map(remaindersOf) : askedUntil(loan, on, applied);
  const parts = asked.reduce(addParts, NO_PARTS);
  const rebate = isFlat ? rebateOf(loan, on) : 0n;
  return { ...parts, on, strategy: applied, rebate, total: sumOfParts(parts) - rebate, asked };
}

/**
 * All that is due, and of the rest what is not planned for the time to come: what of its interest and fees the time until
 * `on` has not earned is asked no more, as far as it is unpaid.
 */
function askedUntil(loan: LoanState, on: LocalDate, strategy: PayoffStrategy): Parts[] {
  const { instalments } = loan;
  const due = instalments.filter(({ dueDate }) => dueDate <= on);
  const rest = instalments.slice(due.length);
  const earned = earnedBy(loan, on, strategy);
  const asks = (component: 'interest' | 'fee'): bigint[] => {
    const planned = rest.reduce((sum, instalment) => sum + instalment[component], 0n);
    const unpaid = rest.map((instalment) => remainderOf(instalment, component));
    const owed = unpaid.reduce((sum, amount) => sum + amount, 0n);
    return filled(unpaid, max(owed - max(planned - earned[component], 0n), 0n));
  };
  const [interest, fee] = [asks('interest'), asks('fee')];
  return [
    ...due.map(remaindersOf),
    ...rest.map((instalment, index) => ({
      ...remaindersOf(instalment),
      interest: interest[index] ?? 0n,
      fee: fee[index] ?? 0n,
    })),
  ];
}

/** The amount spread over places that take so much each, the first ones first. */
function filled(places: readonly bigint[], amount: bigint): bigint[] {
  let left = amount;
  return places.map((place) => {
    const part = min(place, left);
    left -= part;
    return part;
  });
}

/** Where the interest that the time until a day has earned of instalments that are not due comes from. */
export interface Elapsed {
  /** What instalments that are due left to later ones, in minor units. */
  readonly postponed: bigint;
  /** Those whose period ended before the plan in force began. */
  readonly ended: readonly LoanInstalment[];
  /** Those whose period has begun, and what of it has passed or counts as passed. */
  readonly running: readonly { readonly instalment: LoanInstalment; readonly passed: PassedInterest }[];
}

export function elapsedBy(loan: LoanState, on: LocalDate, strategy: PayoffStrategy): Elapsed {
  const begun = interestOfPlan(loan).filter(({ from }) => from < on);
  const isDue = ({ dueDate }: LoanInstalment): boolean => dueDate <= on;
  return {
    postponed: begun
      .filter(({ instalment }) => isDue(instalment))
      .reduce((sum, period) => sum + postponedOf(period, loan.terms.rounding), 0n),
    ended: loan.instalments.filter((instalment) => !isDue(instalment) && hasEnded(loan, instalment)),
    running: begun
      .filter(({ instalment }) => !isDue(instalment))
      .map((period) => ({
        instalment: period.instalment,
        passed: passedBy(loan, period, strategy === 'to_the_day' ? on : period.to),
      })),
  };
}

/**
 * What of the interest and fees of instalments that are not due the time until `on` has earned: the interest of the
 * periods that have begun, to the day or to their end, with what instalments that are due left to later ones; the fees of
 * these periods, and the tax on that interest.
 */
export function earnedBy(loan: LoanState, on: LocalDate, strategy: PayoffStrategy): Pick<Parts, 'interest' | 'fee'> {
  const { terms } = loan;
  const { postponed, ended, running } = elapsedBy(loan, on, strategy);
  const passed = running.reduce((sum, each) => sum + roundedInterest(each.passed, terms.rounding), postponed);
  const interest = max(
    ended.reduce((sum, instalment) => sum + instalment.interest, passed),
    0n,
  );
  const fees = [...ended, ...running.map(({ instalment }) => instalment)].reduce(
    (sum, instalment) => sum + instalment.fee - interestTax(terms, instalment.interest),
    0n,
  );
  return { interest, fee: fees + interestTax(terms, interest) };
}

/**
 * What an early end of a flat loan gives back of its interest, by the periods that have not begun: k of n by `pro_rata`,
 * k(k + 1) of n(n + 1) by `rule_of_78`; never more than is unpaid of the interest that is not due.
 */
function rebateOf(loan: LoanState, on: LocalDate): bigint {
  const { terms, policy } = loan;
  const { start, instalments } = planFrame(loan);
  const interest = instalments.reduce((sum, instalment) => sum + instalment.interest, 0n);
  const count = BigInt(instalments.length);
  const left = BigInt(instalments.filter((_, index) => (instalments[index - 1]?.dueDate ?? start) >= on).length);
  const weights = {
    none: [0n, 1n],
    pro_rata: [left, count],
    rule_of_78: [left * (left + 1n), count * (count + 1n)],
  } as const;
  const [part, whole] = weights[policy.settlement.earlySettlementRebate];
  const unpaid = loan.instalments.reduce(
    (sum, instalment) => (instalment.dueDate > on ? sum + remainderOf(instalment, 'interest') : sum),
    0n,
  );
  return min(divideRounded(interest * part, whole, terms.rounding), unpaid);
}

/** The instalments that ask for the payoff and nothing more; the rebate is taken off the last of them first. */
export function collapsed(instalments: readonly LoanInstalment[], { asked, rebate }: Payoff): LoanInstalment[] {
  let back = rebate;
  return instalments
    .map((instalment, index) => ({ instalment, asks: asked[index] ?? NO_PARTS }))
    .toReversed()
    .map(({ instalment, asks }) => {
      const given = min(back, asks.interest);
      back -= given;
      return askingFor(instalment, { ...asks, interest: asks.interest - given });
    })
    .toReversed();
}

/** What it owes beyond that is forgone. */
function askingFor(instalment: LoanInstalment, asks: Parts): LoanInstalment {
  const forgone = subtractParts(remaindersOf(instalment), asks);
  if (sumOfParts(forgone) === 0n) return instalment;
  return withAdded(instalment, 'forgone', forgone);
}
