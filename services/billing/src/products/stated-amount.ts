import { divideRoundedToMultiple, parseAmount, type RoundingMode } from '@tenor/money';
import { percentage } from './decimals.ts';
import type { Terms } from './terms.ts';

/** An amount of the terms in minor units. Throws where validated terms have none. */
export function statedAmount(text: string | null, currency: string): bigint {
  const minor = text === null ? undefined : parseAmount(text, currency);
  if (typeof minor !== 'bigint') throw new Error(`validated terms have no amount of ${currency}: ${text}`);
  return minor;
}

/** What an instalment is payable in multiples of, in minor units: 1 where the terms name no step. */
export function payableStep({ instalmentMultiple }: Terms, currency: string): bigint {
  return instalmentMultiple === null ? 1n : statedAmount(instalmentMultiple, currency);
}

/** A percentage of an amount, rounded once, to a multiple where one is given. Throws where validated terms have none. */
export function percentOf(percent: string, amount: bigint, mode: RoundingMode, multiple = 1n): bigint {
  const { numerator, denominator } = percentage(percent);
  return divideRoundedToMultiple(amount * numerator, denominator, multiple, mode);
}
