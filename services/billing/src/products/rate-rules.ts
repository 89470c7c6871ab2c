import type { Refusal } from '@tenor/contracts';
import { addDecimals, compareDecimals, decimal, decimalFault } from './decimal-faults.ts';
import {
  type IndexRate,
  interestMethods,
  invalidTerm,
  RATE_TERMS,
  type RateKind,
  type RateTerm,
  statedRate,
  type Terms,
  termName,
} from './terms.ts';

export const MAX_RATE_PERCENT = 10_000;
const HIGHEST_RATE = decimal(String(MAX_RATE_PERCENT));
const NO_RATE = decimal('0');

/** Which terms state a rate of a kind, and whether one of them must. */
export const ratesOf: Readonly<Record<RateKind, { readonly terms: readonly RateTerm[]; readonly isNeeded: boolean }>> =
  {
    flat: { terms: ['flatRatePercent'], isNeeded: true },
    periodic: { terms: ['annualRatePercent', 'monthlyRatePercent', 'indexRate'], isNeeded: true },
    informative: { terms: ['annualRatePercent', 'monthlyRatePercent'], isNeeded: false },
  };

/** Refuses `terms_invalid` unless the rate is stated once, as the interest method takes it, and within the limits. */
export function checkRates(terms: Terms): Refusal | undefined {
  const { interestMethod, indexRate } = terms;
  const { rate: kind } = interestMethods[interestMethod];
  const allowed = kind === null ? { terms: [], isNeeded: false } : ratesOf[kind];
  const given = RATE_TERMS.filter((name) => terms[name] !== null);
  const foreign = given.find((name) => !allowed.terms.includes(name));
  if (foreign !== undefined) return invalidTerm(foreign, `has no meaning in ${interestMethod}`);
  const [first = 'annualRatePercent', second] = given;
  if (second !== undefined) return invalidTerm(second, `says the rate again, beside ${termName(first)}`);
  const [needed = first] = allowed.terms;
  if (allowed.isNeeded && given.length === 0) return invalidTerm(needed, `is needed by ${interestMethod}`);
  if (indexRate !== null) {
    const fault = indexFault(indexRate);
    return fault === undefined ? undefined : invalidTerm('indexRate', fault);
  }
  const stated = statedRate(terms);
  const fault = stated && (decimalFault(stated.percent) ?? limitFault(stated.percent));
  return stated && fault !== undefined ? invalidTerm(stated.name, fault) : undefined;
}

function limitFault(percent: string, margin = '0'): string | undefined {
  const rate = addDecimals(decimal(percent), decimal(margin));
  const isInside = compareDecimals(rate, NO_RATE) >= 0 && compareDecimals(rate, HIGHEST_RATE) <= 0;
  return isInside ? undefined : `must be from 0 to ${MAX_RATE_PERCENT}`;
}

function indexFault({ marginPercent, values }: IndexRate): string | undefined {
  const marginFault = decimalFault(marginPercent);
  if (marginFault !== undefined) return `has a margin that ${marginFault}`;
  if (values.length === 0) return 'needs at least one value';
  for (const [index, { from, percent }] of values.entries()) {
    const before = values[index - 1];
    if (before !== undefined && from <= before.from) return `has its value of ${from} not after that of ${before.from}`;
    const fault = decimalFault(percent);
    if (fault !== undefined) return `has a value of ${from} that ${fault}`;
    const sumFault = limitFault(percent, marginPercent);
    if (sumFault !== undefined) return `with its margin ${sumFault}, on ${from} too`;
  }
  return undefined;
}
