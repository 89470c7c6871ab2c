import { divideRounded, parseAmount, parseDecimal, type RoundingMode } from '@tenor/money';
import type { PlannedInstalment } from '../../src/schedules/schedule.ts';

/** The rules of this table that are broken. */
export function named(broken: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(broken).filter((rule) => broken[rule]);
}

/** The instalments that an interest method plans: all but a down payment. */
export function planned(
  downPayment: string | null,
  instalments: readonly PlannedInstalment[],
): readonly PlannedInstalment[] {
  return downPayment === null ? instalments : instalments.slice(1);
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

export function percentOf(of: bigint, percent: string, mode: RoundingMode): bigint {
  const rate = decimal(percent);
  return divideRounded(of * rate.numerator, 100n * rate.denominator, mode);
}

export function decimal(text: string) {
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw new Error(`${text} is no decimal`);
  return parsed;
}

export function minorOf(text: string, currency: string): bigint {
  const minor = parseAmount(text, currency);
  if (typeof minor !== 'bigint') throw new Error(minor);
  return minor;
}
