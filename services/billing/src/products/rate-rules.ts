import type { Refusal } from '@tenor/contracts';
import { addDecimals, compareDecimals, decimal } from './decimals.ts';
import {
  INDEX_VALUES_MAX,
  type IndexRate,
  interestMethods,
  invalidTerm,
  RATE_TERMS,
  type RateKind,
  type RateTerm,
  type Terms,
  termName,
} from './terms.ts';

const LOWEST = decimal('0');
const HIGHEST = decimal('10000');

/** Which terms state a rate of a kind, and whether one of them must. */
export const ratesOf: Readonly<Record<RateKind, { readonly terms: readonly RateTerm[]; readonly isNeeded: boolean }>> =
  {
    flat: { terms: ['flatRatePercent'], isNeeded: true },
    periodic: { terms: ['annualRatePercent', 'monthlyRatePercent', 'indexRate'], isNeeded: true },
    informative: { terms: ['annualRatePercent', 'monthlyRatePercent'], isNeeded: false },
  };

/** Refuses `terms_invalid` unless the rate is stated once, as the interest method takes it. */
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
  const fault = indexRate === null ? undefined : indexFault(indexRate);
  return fault === undefined ? undefined : invalidTerm('indexRate', fault);
}

function indexFault({ marginPercent, values }: IndexRate): string | undefined {
  if (values.length > INDEX_VALUES_MAX) return `has more than ${INDEX_VALUES_MAX} values`;
  for (const [index, { from, percent }] of values.entries()) {
    const before = values[index - 1];
    if (before !== undefined && from <= before.from) return `has its value of ${from} not after that of ${before.from}`;
    const rate = addDecimals(decimal(percent), decimal(marginPercent));
    if (compareDecimals(rate, LOWEST) < 0 || compareDecimals(rate, HIGHEST) > 0) {
      return `with its margin must be from 0 to 10000, on ${from} too`;
    }
  }
  return undefined;
}
