import { daysBetween, type LocalDate } from '@tenor/calendar';
import { divideRounded, max, min } from '@tenor/money';
import {
  addParts,
  type LoanInstalment,
  NO_ADDITIONS,
  NO_PARTS,
  remainderOf,
  remaindersOf,
  sumOfParts,
} from '../delinquency/instalment.ts';
import type { ProductPolicy } from '../products/policy.ts';
import type { Parts } from '../schedules/schedule.ts';
import type { LoanState } from './loan.ts';
import { planFrame } from './loan-schedule.ts';
import { interestOfPlan, postponedOf } from './plan-interest.ts';

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

function askedUntil(loan: LoanState, on: LocalDate, strategy: PayoffStrategy): Parts[] {
  const earned = earnedInterest(loan, on, strategy);
  return loan.instalments.map((instalment) => {
    const unpaid = remaindersOf(instalment);
    if (instalment.dueDate <= on) return unpaid;
    const interest = earned.get(instalment.number);
    return {
      ...unpaid,
      interest: max(unpaid.interest - instalment.interest + (interest ?? 0n), 0n),
      fee: interest === undefined ? max(unpaid.fee - instalment.fee, 0n) : unpaid.fee,
    };
  });
}

/**
 * The interest, by number, of the instalments not due yet whose period has begun: that of the period to the day or to
 * its end, and with the first of them what earlier instalments left to a later one.
 */
function earnedInterest(loan: LoanState, on: LocalDate, strategy: PayoffStrategy): Map<number, bigint> {
  const { rounding } = loan.terms;
  const earned = new Map<number, bigint>();
  let postponed = 0n;
  for (const { instalment, from, to, interest, denominator } of interestOfPlan(loan)) {
    if (from >= on) break;
    if (instalment.dueDate <= on) {
      postponed += postponedOf({ instalment, interest, denominator }, rounding);
      continue;
    }
    const days = BigInt(daysBetween(from, to));
    const elapsed = strategy === 'to_the_day' ? min(BigInt(daysBetween(from, on)), days) : days;
    const own = divideRounded(interest * elapsed, denominator * days, rounding);
    earned.set(instalment.number, max(own + postponed, 0n));
    postponed = 0n;
  }
  return earned;
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

/** Less than it owes was given up, more was charged: interest that its plan had left to a later one. */
function askingFor(instalment: LoanInstalment, asks: Parts): LoanInstalment {
  const owes = remaindersOf(instalment);
  const by = (sign: 1n | -1n, component: keyof Parts) => max(sign * (asks[component] - owes[component]), 0n);
  const partsBy = (sign: 1n | -1n): Parts => ({
    principal: by(sign, 'principal'),
    interest: by(sign, 'interest'),
    fee: by(sign, 'fee'),
    penalty: by(sign, 'penalty'),
  });
  const [charged, waived] = [partsBy(1n), partsBy(-1n)];
  if (sumOfParts(charged) + sumOfParts(waived) === 0n) return instalment;
  const additions = instalment.additions ?? NO_ADDITIONS;
  return {
    ...instalment,
    additions: {
      ...additions,
      charged: addParts(additions.charged, charged),
      waived: addParts(additions.waived, waived),
    },
  };
}
