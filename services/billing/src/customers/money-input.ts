import type { Refusal } from '@tenor/contracts';
import { type AmountProblem, currencyDigits, type Money, parseAmount } from '@tenor/money';

/** Money as a request states it. */
export interface MoneyInput {
  readonly amount: string;
  readonly currency: string;
}

const MESSAGES: Readonly<Record<AmountProblem, string>> = {
  unknown_currency: 'is in a currency that ISO 4217 does not list',
  malformed: 'is not a decimal amount',
  too_many_decimals: 'has more decimals than its currency',
  too_large: 'is larger than this system keeps books for',
};

/**
 * Reads an amount in its currency's minor units. Refuses `validation_failed`, pointing into the body, for a currency
 * that does not exist, more decimals than it has, and what is negative (or zero, unless `zero` is 'allowed').
 */
export function readMoney(
  input: MoneyInput,
  pointer: string,
  zero: 'allowed' | 'refused' = 'refused',
): Money | Refusal {
  const minor = parseAmount(input.amount, input.currency);
  if (typeof minor !== 'bigint') {
    const at = minor === 'unknown_currency' ? `${pointer}/currency` : `${pointer}/amount`;
    const digits = currencyDigits(input.currency);
    const hint = minor === 'too_many_decimals' ? ` (${input.currency} has ${digits})` : '';
    return invalid(at, minor, `${MESSAGES[minor]}${hint}`);
  }
  if (minor < 0n || (minor === 0n && zero === 'refused')) {
    return invalid(
      `${pointer}/amount`,
      'not_positive',
      zero === 'refused' ? 'must be above zero' : 'must not be negative',
    );
  }
  return { minor, currency: input.currency };
}

/** A `validation_failed` at one place of the body, in the shape that schema validation gives. */
export function invalid(pointer: string, code: string, message: string): Refusal {
  return {
    refused: 'validation_failed',
    detail: `${pointer} ${message}.`,
    meta: { errors: [{ pointer, code, message }] },
  };
}
