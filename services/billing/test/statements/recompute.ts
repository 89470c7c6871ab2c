import type { Static } from 'typebox';
import type { ExplanationSchema } from '../../src/statements/statements.schemas.ts';

/** What an explanation's lines come to by their rules and inputs alone: nothing here is the service's arithmetic. */

export type ExplanationJson = Static<typeof ExplanationSchema>;
export type Line = ExplanationJson['lines'][number];
type Inputs = Line['inputs'];
type Ratio = readonly [bigint, bigint];

/** Decimal text as an exact ratio. */
export function ratio(text: string): Ratio {
  const [whole = '0', decimals = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + decimals);
  return [text.startsWith('-') ? -value : value, 10n ** BigInt(decimals.length)];
}
const times = (...all: readonly Ratio[]): Ratio =>
  all.reduce(([n, d], [numerator, denominator]) => [n * numerator, d * denominator], [1n, 1n]);
const plus = ([a, b]: Ratio, [c, d]: Ratio): Ratio => [a * d + c * b, b * d];
const exact = (value: { numerator: string; denominator: string } | undefined): Ratio =>
  value === undefined ? [1n, 1n] : [BigInt(value.numerator), BigInt(value.denominator)];

/** Cents of decimal text with two decimals; other currencies are not asked of these tests. */
export const cents = (text = '0'): bigint => rounded(times(ratio(text), [100n, 1n]), 'down');
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** A ratio that is not negative as a whole number. */
export function rounded([numerator, denominator]: Ratio, mode = 'half_even'): bigint {
  const floor = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  if (twice === 0n) return floor;
  const isUp = {
    up: true,
    down: false,
    half_up: twice >= denominator,
    half_even: twice > denominator || (twice === denominator && floor % 2n === 1n),
  }[mode];
  return isUp === true ? floor + 1n : floor;
}

const stepped = (value: Ratio, step: bigint, mode: string | undefined): bigint =>
  rounded(times(value, [1n, step]), mode) * step;
const percent = (text = '0'): Ratio => times(ratio(text), [1n, 100n]);

/** The exact interest of the segments of each period, in cents. */
export function periodCosts({ periods = [] }: Inputs): Ratio[] {
  return periods.map(({ segments }) =>
    segments
      .map(({ balance, annual_rate_percent, year_fraction }) =>
        times([cents(balance), 1n], percent(annual_rate_percent), exact(year_fraction)),
      )
      .reduce(plus, [0n, 1n]),
  );
}

type Formula = (inputs: Inputs, line: Line) => bigint;

const allocation: Formula = ({ left, owed_before }) => -least(cents(left), cents(owed_before));
const change: Formula = ({ before, after }, { effect }) => {
  const more = cents(after) - cents(before);
  return effect === 'paid' || effect === 'given_up' ? -more : more;
};
const capped = (asked: bigint, { cap, grown_before }: Inputs): bigint =>
  (cap === undefined ? asked : least(asked, cents(cap))) - cents(grown_before);
const asked: Formula = (inputs) => {
  const { earned, postponed_interest, ended_interest, running_periods, rounding } = inputs;
  const owed = cents(inputs.owed_before);
  if (earned === undefined) return cents(inputs.asked) - owed;
  const passed = (running_periods ?? []).map(({ exact_interest, days, elapsed_days }) =>
    rounded(times(exact(exact_interest), [BigInt(elapsed_days), BigInt(days)]), rounding),
  );
  const sum = passed.reduce((all, each) => all + each, cents(postponed_interest) + cents(ended_interest));
  const own = running_periods === undefined ? cents(earned) : most(sum, 0n);
  const inAll = cents(inputs.not_due_owed) - most(cents(inputs.not_due_planned) - own, 0n);
  return least(owed, most(most(inAll, 0n) - cents(inputs.earlier_owed), 0n)) - owed;
};

/** The tax on a penalty and late interest grows by what it is on all of each, rounded once. */
const taxMore = ({ rounding, ...inputs }: Inputs): bigint => {
  const grown = (before: string | undefined, after: string | undefined, by: string | undefined) =>
    rounded(times([cents(after), 1n], percent(by)), rounding) -
    rounded(times([cents(before), 1n], percent(by)), rounding);
  return (
    grown(inputs.penalty_before, inputs.penalty_after, inputs.tax_penalty_percent) +
    grown(inputs.late_interest_before, inputs.late_interest_after, inputs.tax_interest_percent)
  );
};

/** The interest of the whole term: by the flat rate, or what stated instalments bring beyond the principal. */
const spread = ({ principal, stated_instalment, instalments = 1, flat_rate_percent, flat_years, rounding }: Inputs) =>
  stated_instalment === undefined
    ? rounded(times([cents(principal), 1n], percent(flat_rate_percent), exact(flat_years)), rounding)
    : cents(stated_instalment) * BigInt(instalments) - cents(principal);

const formulas: Readonly<Record<string, Formula>> = {
  'schedule.principal.level': ({ level_instalment, period_interest, balance_before, residual }) =>
    least(most(cents(level_instalment) - cents(period_interest), 0n), cents(balance_before) - cents(residual)),
  'schedule.principal.equal': ({ principal, instalments = 1, period_interest, rounding, ...more }) => {
    const each = rounded([cents(principal), BigInt(instalments)], rounding);
    const whole = stepped([each + cents(period_interest), 1n], cents(more.instalment_multiple), rounding);
    return least(whole - cents(period_interest), cents(more.balance_before));
  },
  'schedule.principal.rest': ({ balance_before, residual }) => cents(balance_before) - cents(residual),
  'schedule.principal.planned': ({ balance_before, balance_after }) => cents(balance_before) - cents(balance_after),
  'schedule.down_payment': ({ principal, down_payment_percent, instalment_multiple, rounding }) =>
    stepped(times([cents(principal), 1n], percent(down_payment_percent)), cents(instalment_multiple), rounding),
  'schedule.interest.periods': (inputs) =>
    periodCosts(inputs).reduce((sum, cost) => sum + rounded(cost, inputs.rounding), 0n),
  'schedule.interest.spread': (inputs) => {
    const { instalments = 1, other_instalments, rounding } = inputs;
    return other_instalments === undefined
      ? rounded([spread(inputs), BigInt(instalments)], rounding)
      : spread(inputs) - cents(other_instalments);
  },
  'schedule.interest.spread_anew': ({ total_interest, instalments = 1, position = 1 }) => {
    const until = (count: number) => (cents(total_interest) * BigInt(count)) / BigInt(instalments);
    return until(position) - until(position - 1);
  },
  'schedule.interest.planned': ({ planned_interest }) => cents(planned_interest),
  'schedule.fee.planned': ({ amount }) => cents(amount),
  'schedule.fee': ({ fees = [], principal, planned_interest, rounding, ...tax }) => {
    const own = fees.reduce(
      (sum, fee) =>
        sum +
        (fee.amount === null
          ? rounded(times([cents(principal), 1n], percent(fee.percent ?? '0')), rounding)
          : cents(fee.amount)),
      0n,
    );
    const taxed = (amount: bigint, by = '0') => rounded(times([amount, 1n], percent(by)), rounding);
    return own + taxed(cents(planned_interest), tax.tax_interest_percent) + taxed(own, tax.tax_fee_percent);
  },
  'penalty.fixed': (inputs) => capped(cents(inputs.penalty_amount), inputs),
  'penalty.percent_per_day': (inputs) => {
    const { amount_days, percent_per_day, rounding } = inputs;
    return capped(rounded(times([cents(amount_days), 1n], percent(percent_per_day)), rounding), inputs);
  },
  late_tax: taxMore,
  'waiver.tax': (inputs) => -least(-taxMore(inputs), cents(inputs.owed_before)),
  late_interest: ({ amount_days, annual_rate_percent, year_basis = 1, rounding, grown_before }) =>
    rounded(times([cents(amount_days), 1n], percent(annual_rate_percent), [1n, BigInt(year_basis)]), rounding) -
    cents(grown_before),
  charge: ({ amount }) => cents(amount),
  waiver: ({ left, owed_before }) => -least(left === undefined ? cents(owed_before) : cents(left), cents(owed_before)),
  write_off: ({ owed_before }) => -cents(owed_before),
  'allocation.horizontal': allocation,
  'allocation.vertical': allocation,
  'payoff.to_the_day': asked,
  'payoff.to_period_end': asked,
  'payoff.rebate': asked,
};

/** What a line comes to, in cents; undefined where no rule of docs/statements.md has its code. */
export function recomputed(line: Line): bigint | undefined {
  const formula = line.rule.startsWith('replan.') ? change : formulas[line.rule];
  return formula?.(line.inputs, line);
}

/**
 * The equal instalment that an explanation of a new annuity follows from, in cents: from the periods that its interest
 * lines tell, moved once where the terms smooth it.
 */
export function levelOf({ lines }: ExplanationJson): bigint {
  const first = lines.find(({ rule }) => rule === 'schedule.principal.level')?.inputs ?? {};
  const { rounding, instalment_multiple = '0.01', emi_smoothing } = first;
  const principal = cents(first.balance_before);
  const factors = lines
    .filter(({ rule }) => rule === 'schedule.interest.periods')
    .map((line): Ratio => {
      const balance = cents(line.inputs.periods?.[0]?.segments[0]?.balance);
      const [cost = [0n, 1n]] = periodCosts(line.inputs);
      return times(cost, [1n, balance]);
    });
  const step = cents(instalment_multiple);
  let [growth, annuity]: [Ratio, Ratio] = [
    [1n, 1n],
    [0n, 1n],
  ];
  for (const factor of factors) {
    const more = plus([1n, 1n], factor);
    growth = times(growth, more);
    annuity = plus(times(annuity, more), [1n, 1n]);
  }
  const level = stepped(times([principal, 1n], growth, [annuity[1], annuity[0]]), step, rounding);
  const excessOf = (each: bigint): bigint => {
    let balance = principal;
    let interest = 0n;
    for (const [index, factor] of factors.entries()) {
      interest = rounded(times([balance, 1n], factor), rounding);
      if (index < factors.length - 1) balance -= each - interest;
    }
    return balance + interest - each;
  };
  const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
  const excess = excessOf(level);
  const count = BigInt(factors.length);
  if (emi_smoothing !== true || 2n * size(excess) <= count) return level;
  const moved = stepped([size(excess), count], step, 'half_even');
  const tried = excess < 0n ? level - moved : level + moved;
  return size(excessOf(tried)) < size(excess) ? tried : level;
}

/** The rules that a line may name. */
export const knownRules = Object.keys(formulas);

/** What was overdue for so many days more is what the sum of amounts × days grew by. */
export const countsItsDays = ({ inputs: { overdue, days, amount_days, amount_days_before } }: Line): boolean =>
  overdue === undefined || cents(overdue) * BigInt(days ?? 0) === cents(amount_days) - cents(amount_days_before);
