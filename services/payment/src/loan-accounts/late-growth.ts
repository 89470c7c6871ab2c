import { addDays, daysBetween, type LocalDate } from '@tenor/calendar';
import type { LateGrowth } from '@tenor/contracts';
import { divideRounded, min, parseDecimal } from '@tenor/money';
import { minorUnits } from './minor-units.ts';

/** An instalment as the last event told it. */
export interface Known {
  dueDate: LocalDate;
  /** Minor units. */
  unpaid: bigint;
  currency: string;
}

/**
 * The most that an instalment may owe at the end of a day beyond what is known, in minor units, rounded up. All days
 * since the due date count, those too that the last event had reckoned: billing alone knows what it owes exactly.
 */
export function mostGrowth(growth: LateGrowth | null, known: Known, day: LocalDate): bigint {
  if (growth === null || known.dueDate >= day) return 0n;
  return mostPenalty(growth.penalty, known, day) + mostInterest(growth.interest, known, day);
}

function mostPenalty(penalty: LateGrowth['penalty'], { dueDate, unpaid, currency }: Known, day: LocalDate): bigint {
  const begins = penalty && addDays(dueDate, penalty.grace_days);
  if (penalty === null || begins === null || begins >= day) return 0n;
  const charged =
    penalty.percent_per_day === null
      ? minorUnits(penalty.amount ?? '0', currency)
      : partOf(unpaid * BigInt(daysBetween(begins, day)), penalty.percent_per_day, 1);
  const most = penalty.cap === null ? charged : min(charged, minorUnits(penalty.cap, currency));
  return withTax(most, penalty);
}

function mostInterest(interest: LateGrowth['interest'], { dueDate, unpaid }: Known, day: LocalDate): bigint {
  if (interest === null) return 0n;
  const most = partOf(unpaid * BigInt(daysBetween(dueDate, day)), interest.percent_per_year, interest.year_days);
  return withTax(most, interest);
}

const withTax = (most: bigint, { tax_percent: percent = '0' }: { readonly tax_percent?: string }): bigint =>
  most + partOf(most, percent, 1);

/** @param amountDays minor units × days; @param days that the percentage is for */
function partOf(amountDays: bigint, percent: string, days: number): bigint {
  const rate = parseDecimal(percent);
  if (rate === undefined) throw new Error(`the percentage ${percent} of an event is no decimal`);
  return divideRounded(amountDays * rate.numerator, rate.denominator * 100n * BigInt(days), 'up');
}
