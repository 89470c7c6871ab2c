import { divideRounded, type Fraction, fraction, max, roundingModes } from '@tenor/money';
import type { LoanInstalment } from '../delinquency/instalment.ts';
import type { LoanState } from '../loans/loan.ts';
import type { PlanFrame } from '../loans/loan-schedule.ts';
import { statedAmount } from '../products/stated-amount.ts';
import { interestMethods, type Terms } from '../products/terms.ts';
import { flatRate } from '../schedules/flat.ts';
import { firstChanged, slicesOf } from '../schedules/interest-periods.ts';
import { amountsIn, exactJson, type Inputs, percentText, type Reason, type SegmentJson } from './reason.ts';

/** What a plan's interest came from. */
export interface PlannedInterest {
  readonly reason: (instalment: LoanInstalment, index: number) => Reason;
  /** What a period costs by itself, also where its instalment does not ask for it; minor units. */
  readonly own: (index: number) => bigint;
}

/** By the rate on the balance of each period, or spread over the instalments, as the interest method has it. */
export function plannedInterest(loan: LoanState, frame: PlanFrame): PlannedInterest {
  if (interestMethods[loan.terms.interestMethod].rate === 'periodic') return periodicInterest(loan, frame);
  return loan.plan === null ? spreadInterest(loan, frame) : anewInterest(loan, frame);
}

/** What is told of interest that no rule here comes to. */
function asPlanned({ currency }: LoanState, { number, interest }: LoanInstalment): Reason {
  const amount = amountsIn(currency)(interest);
  const text = `Instalment ${number} asks for interest of ${currency} ${amount} by its plan.`;
  return { rule: 'schedule.interest.planned', inputs: { planned_interest: amount }, text };
}

interface Segment {
  readonly json: SegmentJson;
  /** Balance × rate × part of a year, in minor units. */
  readonly cost: Fraction;
}

function periodicInterest(loan: LoanState, frame: PlanFrame): PlannedInterest {
  const { terms, currency } = loan;
  const segments = segmentsOf(loan, frame);
  const roundedOf = (group: readonly Segment[]): bigint => {
    const { numerator, denominator } = group.map(({ cost }) => cost).reduce(plus, NOTHING);
    return divideRounded(numerator, denominator, terms.rounding);
  };
  return {
    own: (index) => roundedOf(segments[index] ?? []),
    reason(instalment, index) {
      const groups = groupsFor(terms, segments, index);
      const total = groups.map(roundedOf).reduce((sum, each) => sum + each, 0n);
      if (total !== instalment.interest) return asPlanned(loan, instalment);
      const periods = groups.map((group) => ({ segments: group.map(({ json }) => json) }));
      return {
        rule: 'schedule.interest.periods',
        inputs: { periods, rounding: terms.rounding },
        text: `Interest of instalment ${instalment.number}: ${groups.flat().map(inWords(currency)).join('; ')}.`,
      };
    },
  };
}

const inWords =
  (currency: string) =>
  ({ json }: Segment): string =>
    `${json.annual_rate_percent} % a year on ${currency} ${json.balance} from ${json.from} to ${json.to}`;

/** The periods that an instalment asks the interest of; each is rounded by itself. */
function groupsFor(terms: Terms, segments: readonly Segment[][], index: number): (readonly Segment[])[] {
  const isAtEnd = terms.interestMethod === 'bullet' && terms.bulletInterest === 'at_end';
  if (isAtEnd && index === segments.length - 1) return [segments.flat()];
  const { interestGrace, interestGraceTreatment } = terms;
  const isCarrying = interestGrace > 0 && interestGraceTreatment === 'carried' && index === interestGrace;
  return isCarrying ? segments.slice(0, index + 1) : [segments[index] ?? []];
}

/** Of each period, the parts in which neither the rate nor the balance changes. */
function segmentsOf({ terms, currency }: LoanState, { dates, costs, instalments, ...frame }: PlanFrame): Segment[][] {
  const text = amountsIn(currency);
  const advances = frame.advances.map((advance) => ({ ...advance, period: firstChanged(dates, advance.on) }));
  const slices = slicesOf(terms, dates, advances);
  return instalments.map(({ principal, balanceAfter }, period) => {
    const before = principal + balanceAfter - (costs.periods[period]?.added ?? 0n);
    const own = slices.filter((slice) => slice.period === period);
    return own.map(({ from, years, rate }, index): Segment => {
      const joined = advances.filter((advance) => advance.period === period && advance.on <= from);
      const balance = joined.reduce((sum, advance) => sum + advance.principal, before);
      const to = own[index + 1]?.from ?? dates.nominal[period] ?? from;
      return {
        cost: fraction(balance * rate.numerator * years.numerator, rate.denominator * years.denominator),
        json: {
          from,
          to,
          balance: text(balance),
          annual_rate_percent: percentText(rate),
          year_fraction: exactJson(years),
        },
      };
    });
  });
}

const NOTHING: Fraction = { numerator: 0n, denominator: 1n };
const plus = (one: Fraction, other: Fraction): Fraction =>
  fraction(one.numerator * other.denominator + other.numerator * one.denominator, one.denominator * other.denominator);

/** Interest over the whole term in equal parts; the last instalment takes what rounding leaves. */
function spreadInterest(loan: LoanState, frame: PlanFrame): PlannedInterest {
  const { terms, currency } = loan;
  const text = amountsIn(currency);
  const count = frame.instalments.length;
  const principal = frame.outlay.repaid.reduce((sum, each) => sum + each, 0n);
  const { total, source } = totalInterest(loan, principal, count);
  const mode = [terms.rounding, ...roundingModes].find(
    (each) => divideRounded(total, BigInt(count), each) === frame.instalments[0]?.interest,
  );
  const each = divideRounded(total, BigInt(count), mode ?? terms.rounding);
  const own = (index: number): bigint => (index === count - 1 ? total - each * BigInt(count - 1) : each);
  return {
    own,
    reason(instalment, index) {
      if (own(index) !== instalment.interest) return asPlanned(loan, instalment);
      const others = { other_instalments: text(each * BigInt(count - 1)) };
      return {
        rule: 'schedule.interest.spread',
        inputs: {
          total_interest: text(total),
          principal: text(principal),
          ...source,
          instalments: count,
          rounding: mode ?? terms.rounding,
          ...(index === count - 1 && others),
        },
        text: `Interest of ${currency} ${text(total)} in all, spread over ${count} instalments: ${text(instalment.interest)} with number ${instalment.number}.`,
      };
    },
  };
}

function totalInterest(
  { terms, currency }: LoanState,
  principal: bigint,
  count: number,
): { total: bigint; source: Inputs } {
  if (terms.interestMethod === 'fixed_instalment') {
    const asked = statedAmount(terms.instalmentAmount, currency);
    return {
      total: max(asked * BigInt(count) - principal, 0n),
      source: { stated_instalment: amountsIn(currency)(asked) },
    };
  }
  if (terms.interestMethod !== 'flat' || terms.flatRatePercent === null) return { total: 0n, source: {} };
  const rate = flatRate(terms, count);
  const whole = flatRate({ ...terms, flatRateBasis: 'whole_term' }, count);
  const years = fraction(rate.numerator * whole.denominator, rate.denominator * whole.numerator);
  return {
    total: divideRounded(principal * rate.numerator, rate.denominator, terms.rounding),
    source: { flat_rate_percent: terms.flatRatePercent, flat_years: exactJson(years) },
  };
}

/** Interest that was still planned, spread anew over the instalments of a later plan that ask for it. */
function anewInterest(loan: LoanState, { instalments }: PlanFrame): PlannedInterest {
  const text = amountsIn(loan.currency);
  const total = instalments.reduce((sum, { interest }) => sum + interest, 0n);
  const asking = BigInt(instalments.length - loan.terms.interestGrace);
  const until = (count: number): bigint => (total * max(BigInt(count - loan.terms.interestGrace), 0n)) / asking;
  return {
    own: () => 0n,
    reason(instalment, index) {
      if (until(index + 1) - until(index) !== instalment.interest) return asPlanned(loan, instalment);
      const position = index + 1 - loan.terms.interestGrace;
      return {
        rule: 'schedule.interest.spread_anew',
        inputs: { total_interest: text(total), instalments: Number(asking), position },
        text: `Interest of ${loan.currency} ${text(total)} that was still planned, spread over ${asking} instalments: this is part ${position}.`,
      };
    },
  };
}
