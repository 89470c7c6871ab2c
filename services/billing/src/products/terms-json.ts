import type { LoanTerms } from '@tenor/contracts';
import { camelCased, snakeCased } from './json-names.ts';
import type { GivenTerms, Terms } from './terms.ts';

/** Terms under their public names, those that are there. */
export function givenTermsToJson(terms: GivenTerms): Partial<LoanTerms> {
  const given = Object.entries(terms).filter(([, value]) => value !== undefined);
  return snakeCased(Object.fromEntries(given)) as Partial<LoanTerms>;
}

/** All terms of a loan under their public names. */
export function termsToJson(terms: Terms): Required<LoanTerms> {
  return givenTermsToJson(terms) as Required<LoanTerms>;
}

/** The terms that a request gives; those that it leaves out are left out. The request's schema has checked the names. */
export function termsFromJson(given: Readonly<Record<string, unknown>>): GivenTerms {
  return camelCased(given) as GivenTerms;
}
