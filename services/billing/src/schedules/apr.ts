import { addDays, addMonths, compareDates, daysBetween, type Frequency, type LocalDate } from '@tenor/calendar';
import { divideRounded } from '@tenor/money';
import { ONE, power, solveDiscount, type TimedFlow } from './discount.ts';
import { monthsBack, yearsBack } from './elapsed.ts';
import { type Schedule, totalOf } from './schedule.ts';
import { type Ratio, singleUnitPeriod, unitPeriods } from './unit-periods.ts';

/** Money that changes hands on a day: minor units, above zero. */
export interface Flow {
  readonly amount: bigint;
  readonly on: LocalDate;
}

/** What a borrower gets and what they pay for it, each in any order. */
export interface CashFlows {
  readonly advances: readonly Flow[];
  readonly payments: readonly Flow[];
}

/** Why there is no rate (docs/apr.md). */
export const noRateReasons = ['nothing_advanced', 'less_repaid_than_advanced', 'too_high'] as const;
export type NoRateReason = (typeof noRateReasons)[number];

/** Per cent as text with 2 decimals; null where `reason` says why there is none. */
export interface Apr {
  readonly reg_z: string | null;
  readonly eu: string | null;
  readonly reason: NoRateReason | null;
}

/** Above this a rate informs nobody, and its hundredths are beyond the arithmetic. */
export const MAX_APR_PERCENT = 10n ** 12n;

/** Both rates of a schedule: of what the borrower really gets, by day, against its instalments with their fees. */
export function scheduleApr({ paidOut, instalments }: Schedule, frequency: Frequency): Apr {
  const payments = instalments.map((instalment) => ({ amount: totalOf(instalment), on: instalment.dueDate }));
  return aprOf({ advances: paidOut, payments }, frequency);
}

/** Both annual percentage rates (domain.md §9) of flows whose regular payments come at the frequency. */
export function aprOf(flows: CashFlows, stated: Frequency): Apr {
  const byDate = together(flows);
  const none = reasonWithout(byDate);
  if (none !== null) return { reg_z: null, eu: null, reason: none };
  const frequency = inWeeksWherePossible(stated);
  const solve = solving();
  const [regZ, effective] = [
    percent(regZRate(byDate, frequency, solve)),
    percent(effectiveRate(byDate, frequency, solve)),
  ];
  return { reg_z: regZ, eu: effective, reason: regZ === null || effective === null ? 'too_high' : null };
}

type Solve = (flows: readonly TimedFlow[]) => bigint;

/** Solves each equation once: for whole months both rules ask the same. */
function solving(): Solve {
  let last: { readonly flows: readonly TimedFlow[]; readonly discount: bigint } | undefined;
  return (flows) => {
    if (last === undefined || !isSameTiming(last.flows, flows)) last = { flows, discount: solveDiscount(flows) };
    return last.discount;
  };
}

/** Of the same flows: whether each comes after as many whole periods, and no part of one. */
function isSameTiming(some: readonly TimedFlow[], others: readonly TimedFlow[]): boolean {
  return some.every(({ whole, part }, index) => {
    const other = others[index];
    return whole === other?.whole && part.numerator === 0 && other.part.numerator === 0;
  });
}

/** Every 14 days is every two weeks: both rules know single days, and multiples of weeks. */
function inWeeksWherePossible(frequency: Frequency): Frequency {
  const isWeeks = frequency.unit === 'day' && frequency.every % 7 === 0;
  return isWeeks ? { every: frequency.every / 7, unit: 'week' } : frequency;
}

/** A net payment (above zero) or a net advance (below) of one day. */
type NetFlow = Flow;

/** One net flow per day on which any money remains, in the order of the days. */
function together({ advances, payments }: CashFlows): NetFlow[] {
  const net = new Map<LocalDate, bigint>();
  for (const { amount, on } of advances) net.set(on, (net.get(on) ?? 0n) - amount);
  for (const { amount, on } of payments) net.set(on, (net.get(on) ?? 0n) + amount);
  return [...net]
    .map(([on, amount]) => ({ on, amount }))
    .filter(({ amount }) => amount !== 0n)
    .sort((a, b) => compareDates(a.on, b.on));
}

function reasonWithout(flows: readonly NetFlow[]): NoRateReason | null {
  const [first] = flows;
  if (first === undefined || first.amount > 0n) return 'nothing_advanced';
  const gain = flows.reduce((sum, { amount }) => sum + amount, 0n);
  return gain < 0n ? 'less_repaid_than_advanced' : null;
}

/** A rate as an exact part: `numerator` / `denominator` of one. */
interface Rate {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Regulation Z, Appendix J (actuarial method): the rate of a unit-period times the unit-periods of a year. */
function regZRate(flows: readonly NetFlow[], frequency: Frequency, solve: Solve): Rate {
  const [first, second, third] = flows;
  const start = startOf(flows);
  const isSingle = first !== undefined && second !== undefined && third === undefined;
  const { perYear, until } = isSingle ? singleUnitPeriod(start, second.on) : unitPeriods(start, frequency);
  const discount = solve(flows.map(({ amount, on }): TimedFlow => ({ amount, ...until(on) })));
  return {
    numerator: (ONE - discount) * BigInt(perYear.numerator),
    denominator: discount * BigInt(perYear.denominator),
  };
}

/**
 * The effective annual rate of the Consumer Credit Directive. Times in years are k/12 for months, k/52 for weeks,
 * counted back to the first advance; days left over count over the 365 or 366 days of the year that ends with them
 * (Directive 2011/90/EU).
 */
function effectiveRate(flows: readonly NetFlow[], frequency: Frequency, solve: Solve): Rate {
  const start = startOf(flows);
  const times = flows.map(({ on }) => yearsUntil(start, on, frequency));
  // Times become whole numbers of their largest common part of a year, so that no root is ever taken.
  const parts = times.reduce((common, { denominator }) => leastCommonMultiple(common, denominator), 1);
  const exponents = times.map(({ numerator, denominator }) => (numerator * parts) / denominator);
  const step = exponents.reduce(greatestCommonDivisor, parts);
  const discount = solve(
    flows.map(({ amount }, index) => ({ amount, whole: (exponents[index] ?? 0) / step, part: NO_PART })),
  );
  return { numerator: power((ONE * ONE) / discount, parts / step) - ONE, denominator: ONE };
}

const NO_PART: Ratio = { numerator: 0, denominator: 1 };

function startOf([first]: readonly NetFlow[]): LocalDate {
  if (first === undefined) throw new Error('flows without a first one passed their check');
  return first.on;
}

function yearsUntil(start: LocalDate, on: LocalDate, { unit }: Frequency): Ratio {
  if (unit === 'week') {
    const days = daysBetween(start, on);
    return timeOf(Math.floor(days / 7), 52, days % 7, addDays(start, days % 7));
  }
  if (unit === 'day') {
    const { years, days } = yearsBack(start, on);
    return timeOf(years, 1, days, addDays(start, days));
  }
  const { months, days } = monthsBack(start, on);
  return timeOf(months, 12, days, addDays(start, days));
}

/** So many equal parts of a year, and days before them that end on a date. */
function timeOf(parts: number, perYear: number, days: number, lastDay: LocalDate): Ratio {
  const yearDays = days === 0 ? 1 : daysBetween(addMonths(lastDay, -12), lastDay);
  const [numerator, denominator] = [parts * yearDays + days * perYear, perYear * yearDays];
  const common = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / common, denominator: denominator / common };
}

/** So many digits of a rate are exact; the rest of its binary digits would hide that it lies halfway between two. */
const EXACT_DECIMALS = 10n ** 16n;

/** A rate in per cent with 2 decimals, halves up; null above `MAX_APR_PERCENT`. */
function percent({ numerator, denominator }: Rate): string | null {
  const exact = divideRounded(numerator * 100n * EXACT_DECIMALS, denominator, 'half_up');
  if (exact > MAX_APR_PERCENT * EXACT_DECIMALS) return null;
  const hundredths = divideRounded(exact * 100n, EXACT_DECIMALS, 'half_up')
    .toString()
    .padStart(3, '0');
  return `${hundredths.slice(0, -2)}.${hundredths.slice(-2)}`;
}

function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
