import { parseAmount } from '@tenor/money';

/** The minor units of an amount in an event; throws for text that is none, which the event's contract lets through. */
export function minorUnits(amount: string, currency: string): bigint {
  const minor = parseAmount(amount, currency);
  if (typeof minor !== 'bigint') throw new Error(`the amount ${amount} ${currency} is ${minor}`);
  return minor;
}
