import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type Fraction, formatAmount, type Money } from '@tenor/money';
import { compareDecimals, decimal } from './decimals.ts';
import { completePolicy, type GivenPolicy, type ProductPolicy } from './policy.ts';
import { statedAmount } from './stated-amount.ts';
import { completeTerms } from './term-rules.ts';
import { type GivenTerms, interestMethods, statedRate, type TermName, type Terms, termName } from './terms.ts';

export type { Bounds, ProductPolicy } from './policy.ts';
export type { Terms } from './terms.ts';

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
  /** The first and the last date that a loan of this version may have; null: open. */
  readonly validFrom: LocalDate | null;
  readonly validTo: LocalDate | null;
}

/** A product as it was stored, perhaps before some of its fields existed: those have their defaults. */
export function storedProduct(stored: Omit<Product, 'policy' | 'validFrom' | 'validTo'> & StoredLater): Product {
  return {
    ...stored,
    policy: completePolicy(stored.policy),
    validFrom: stored.validFrom ?? null,
    validTo: stored.validTo ?? null,
  };
}

interface StoredLater {
  readonly policy: GivenPolicy;
  readonly validFrom?: LocalDate | null;
  readonly validTo?: LocalDate | null;
}

/** Whether this version decides of loans dated so, instead of the versions before it. */
export function hasBegunOn({ validFrom }: Product, on: LocalDate): boolean {
  return validFrom === null || validFrom <= on;
}

/** Whether a loan dated so may be of this version. */
export function isValidOn(product: Product, on: LocalDate): boolean {
  return hasBegunOn(product, on) && (product.validTo === null || on <= product.validTo);
}

/** Refuses `product_not_valid`: told by the newest version, whichever decides of the date. */
export function notValid({ code, validFrom, validTo }: Product, on: LocalDate): Refusal {
  const [from, to] = [validFrom === null ? '' : ` from ${validFrom}`, validTo === null ? '' : ` to ${validTo}`];
  return {
    refused: 'product_not_valid',
    detail: `${code} is valid${from}${to}, not on ${on}.`,
    meta: { product: code, valid_from: validFrom, valid_to: validTo, on },
  };
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
  const [min, max] = [statedAmount(bounds.min, currency), statedAmount(bounds.max, currency)];
  if (principal.minor >= min && principal.minor <= max) return undefined;
  const meta = { min: formatAmount(min, currency), max: formatAmount(max, currency), currency };
  return {
    refused: 'principal_out_of_bounds',
    detail: `${product.code} lends from ${meta.min} to ${meta.max} ${currency}.`,
    meta,
  };
}

/** Refuses `terms_not_allowed` for a number of instalments or a rate outside the product's bounds, or no such rate. */
export function checkTermBounds(product: Product, terms: Terms): Refusal | undefined {
  const { tenorBounds, rateBounds } = product.policy;
  const count = terms.numberOfInstalments;
  if (tenorBounds !== null && (count < tenorBounds.min || count > tenorBounds.max)) {
    return notAllowed(product, 'numberOfInstalments', `must be from ${tenorBounds.min} to ${tenorBounds.max}`);
  }
  if (rateBounds === null) return undefined;
  const rate = isComputedByRate(terms) ? statedRate(terms) : undefined;
  const range = `from ${rateBounds.min} to ${rateBounds.max}`;
  if (rate === undefined) return notAllowed(product, 'interestMethod', `must be one with a rate ${range}`);
  const inside = [rateBounds.min, rate.percent, rateBounds.max].map(decimal).every(isAscending);
  return inside ? undefined : notAllowed(product, rate.name, `must be ${range}`);
}

function isComputedByRate({ interestMethod }: Terms): boolean {
  const { rate } = interestMethods[interestMethod];
  return rate !== null && rate !== 'informative';
}

function isAscending(value: Fraction, index: number, values: readonly Fraction[]): boolean {
  const before = values[index - 1];
  return before === undefined || compareDecimals(before, value) <= 0;
}

function notAllowed(product: Product, name: TermName, fault: string): Refusal {
  return {
    refused: 'terms_not_allowed',
    detail: `${termName(name)} ${fault} (product ${product.code}).`,
    meta: { term: termName(name), product: product.code },
  };
}
