import { currencyDigits, divideRoundedToMultiple, MAX_MINOR, type Money } from '@tenor/money';

/** How a limit follows from an income. */
export interface IncomeRule {
  /** How many monthly incomes it is. */
  readonly multiple: bigint;
  /** In whole units of the currency: the limit is the nearest multiple of it, the upper one of two as near. */
  readonly step: bigint;
}

/** By their names in the API. */
export const limitPolicies = { income_36: { multiple: 36n, step: 100_000n } } as const satisfies Record<
  string,
  IncomeRule
>;
export type LimitPolicy = keyof typeof limitPolicies;

/** The limit that follows from a monthly income that is not negative; undefined where it is more than books are kept for. */
export function limitOf(income: Money, policy: LimitPolicy): Money | undefined {
  const { multiple, step }: IncomeRule = limitPolicies[policy];
  const digits = currencyDigits(income.currency);
  if (digits === undefined) throw new RangeError(`${income.currency} is not a currency of ISO 4217`);
  const stepMinor = step * 10n ** BigInt(digits);
  const minor = divideRoundedToMultiple(income.minor * multiple, 1n, stepMinor, 'half_up');
  return minor > MAX_MINOR ? undefined : { minor, currency: income.currency };
}
