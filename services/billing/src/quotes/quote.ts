import type { ClosedDays } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { min } from '@tenor/money';
import type { Product } from '../products/product.ts';
import type { Terms } from '../products/terms.ts';
import { type Apr, scheduleApr } from '../schedules/apr.ts';
import { buildSchedule, type Disbursement, type Schedule, totalOf } from '../schedules/schedule.ts';

/** What somebody asks to be quoted, its terms complete. */
export interface QuoteInput {
  readonly product: Pick<Product, 'code' | 'version' | 'name'> | null;
  readonly terms: Terms;
  readonly currency: string;
  /** What is asked for, before any fee; in the order of the days. */
  readonly disbursements: readonly Disbursement[];
  /** Of the calendar that the terms name. */
  readonly closedDays: ClosedDays;
}

/** What a loan on these terms would cost. */
export interface Quote extends QuoteInput, Schedule, Costs {
  readonly apr: Apr;
}

/** Amounts in minor units. */
export interface Costs {
  /** All instalments. */
  readonly total: bigint;
  readonly totalInterest: bigint;
  /** Fees and tax: kept back from the money paid out, lent on top of it, and asked for by the instalments. */
  readonly totalFees: bigint;
  /** What the borrower pays above what they get: interest, fees and tax. */
  readonly totalCost: bigint;
}

/** Refuses what `buildSchedule` refuses. */
export function quote(input: QuoteInput): Quote | Refusal {
  const schedule = buildSchedule(input);
  if ('refused' in schedule) return schedule;
  const apr = scheduleApr(schedule, input.terms.frequency);
  return { ...input, ...schedule, ...costsOf(schedule), apr };
}

function costsOf({ instalments, deductedFees, financedFees, netDisbursed }: Schedule): Costs {
  const sum = (amountOf: (instalment: Schedule['instalments'][number]) => bigint): bigint =>
    instalments.reduce((total, instalment) => total + amountOf(instalment), 0n);
  const total = sum(totalOf);
  return {
    total,
    totalInterest: sum(({ interest }) => interest),
    totalFees: sum(({ fee }) => fee) + deductedFees + financedFees,
    totalCost: total - netDisbursed,
  };
}

/** The position of the offer with the lowest rate by Regulation Z, the first of several alike; null where none has one. */
export function cheapest(offers: readonly Pick<Quote, 'apr'>[]): number | null {
  const rates = offers.map(({ apr }) => (apr.reg_z === null ? null : hundredths(apr.reg_z)));
  const stated = rates.filter((rate) => rate !== null);
  if (stated.length === 0) return null;
  const lowest = stated.reduce((one, other) => min(one, other));
  return rates.indexOf(lowest);
}

function hundredths(rate: string): bigint {
  return BigInt(rate.replace('.', ''));
}
