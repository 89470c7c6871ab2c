import { date } from '@tenor/calendar';
import { camelCased, snakeCased } from './json-names.ts';
import { completePolicy, type GivenPolicy } from './policy.ts';
import type { Product } from './product.ts';
import type { TermName } from './terms.ts';
import { termName } from './terms.ts';
import { givenTermsToJson, termsFromJson } from './terms-json.ts';

/** A product under its public names; the policy's stand beside the product's own. */
export function productToJson({ terms, policy, overridable, validFrom, validTo, ...product }: Product): object {
  return {
    ...product,
    valid_from: validFrom,
    valid_to: validTo,
    terms: givenTermsToJson(terms),
    overridable: overridable.map(termName),
    ...snakeCased(policy),
  };
}

/** What a request says of a product, completed by the defaults; the request's schema has checked the names. */
export function productFromJson(body: object): Omit<Product, 'version'> {
  const { code, name, currency, terms, overridable, validFrom, validTo, ...policy } = camelCased(body) as NewProduct;
  return {
    code,
    name,
    currency,
    terms: termsFromJson(terms),
    overridable: (overridable ?? []).map((term) => Object.keys(camelCased({ [term]: true }))[0] as TermName),
    policy: completePolicy(policy),
    validFrom: validFrom == null ? null : date(validFrom),
    validTo: validTo == null ? null : date(validTo),
  };
}

interface NewProduct extends GivenPolicy {
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly terms: object;
  readonly overridable?: readonly string[];
  readonly validFrom?: string | null;
  readonly validTo?: string | null;
}
