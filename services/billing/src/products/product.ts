import type { Refusal } from '@tenor/contracts';
import { formatAmount, type Money, parseAmount, parseDecimal } from '@tenor/money';
import { completeTerms } from './term-rules.ts';
import { type GivenTerms, statedRate, type TermName, type Terms, termName } from './terms.ts';

export type { Terms } from './terms.ts';

/** Both ends belong to the range. */
export interface Bounds<Value> {
  readonly min: Value;
  readonly max: Value;
}

/** How loans of a product behave once they exist (domain.md §2); a loan keeps its own copy. Amounts are decimal text. */
export interface ProductPolicy {
  readonly paymentPolicy: 'exact' | 'partial' | 'any';
  readonly overpayment: 'credit' | 'reject';
  readonly delinquency: {
    readonly consecutiveMissed: number;
    readonly maxDaysPastDue: number;
    /** A remainder up to this amount does not make an instalment missed. */
    readonly tolerance: string;
    readonly graceDays: number;
  };
  readonly accrual: 'cash';
  /** Approves and disburses when the loan is opened. */
  readonly autoApprove: boolean;
  /** IANA name; null: the installation's. */
  readonly timeZone: string | null;
  readonly requiresScore: boolean;
  readonly principalBounds: Bounds<string> | null;
  /** In instalments. */
  readonly tenorBounds: Bounds<number> | null;
  /** Per cent, of the rate that the interest method uses. */
  readonly rateBounds: Bounds<string> | null;
}

export interface Product {
  readonly code: string;
  readonly version: number;
  readonly name: string;
  readonly currency: string;
  /** What the product says; a term that it leaves out has its default or must be given. */
  readonly terms: GivenTerms;
  /** The terms that a loan may give itself. */
  readonly overridable: readonly TermName[];
  readonly policy: ProductPolicy;
}

/**
 * The terms of a loan of this product: what is given, else the product's, else the default.
 * Refuses `terms_not_allowed` for a term that the product fixes or a value outside its bounds, then `terms_invalid`.
 */
export function termsFor(product: Product, given: GivenTerms): Terms | Refusal {
  const names = (Object.keys(given) as TermName[]).filter((name) => given[name] !== undefined);
  const fixed = names.find((name) => !product.overridable.includes(name));
  if (fixed !== undefined) return notAllowed(product, fixed, 'is fixed by the product');
  const stated = Object.fromEntries(names.map((name) => [name, given[name]])) as GivenTerms;
  const terms = completeTerms({ ...product.terms, ...stated }, product.currency);
  if ('refused' in terms) return terms;
  return checkTermBounds(product, terms) ?? terms;
}

/** Refuses `currency_mismatch`, then `principal_out_of_bounds` for a principal that the product does not lend. */
export function checkPrincipal(product: Product, principal: Money): Refusal | undefined {
  const { currency, policy } = product;
  if (principal.currency !== currency) {
    return { refused: 'currency_mismatch', detail: `${product.code} lends ${currency}, not ${principal.currency}.` };
  }
  const bounds = policy.principalBounds;
  if (bounds === null) return undefined;
  const [min, max] = [minorOf(bounds.min, currency), minorOf(bounds.max, currency)];
  if (principal.minor >= min && principal.minor <= max) return undefined;
  const meta = { min: formatAmount(min, currency), max: formatAmount(max, currency), currency };
  return {
    refused: 'principal_out_of_bounds',
    detail: `${product.code} lends from ${meta.min} to ${meta.max} ${currency}.`,
    meta,
  };
}

function checkTermBounds(product: Product, terms: Terms): Refusal | undefined {
  const { tenorBounds, rateBounds } = product.policy;
  const count = terms.numberOfInstalments;
  if (tenorBounds !== null && (count < tenorBounds.min || count > tenorBounds.max)) {
    return notAllowed(product, 'numberOfInstalments', `must be from ${tenorBounds.min} to ${tenorBounds.max}`);
  }
  const rate = statedRate(terms);
  if (rate === undefined || rateBounds === null) return undefined;
  const { name, percent } = rate;
  const inside = compareDecimals(rateBounds.min, percent) <= 0 && compareDecimals(percent, rateBounds.max) <= 0;
  return inside ? undefined : notAllowed(product, name, `must be from ${rateBounds.min} to ${rateBounds.max}`);
}

function compareDecimals(one: string, other: string): number {
  const [a, b] = [parseDecimal(one), parseDecimal(other)];
  if (a === undefined || b === undefined) throw new Error(`a bound is no decimal: ${one}, ${other}`);
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

function minorOf(text: string, currency: string): bigint {
  const minor = parseAmount(text, currency);
  if (typeof minor !== 'bigint') throw new Error(`a bound is no amount of ${currency}: ${text}`);
  return minor;
}

function notAllowed(product: Product, name: TermName, fault: string): Refusal {
  return {
    refused: 'terms_not_allowed',
    detail: `${termName(name)} ${fault} (product ${product.code}).`,
    meta: { term: termName(name), product: product.code },
  };
}
