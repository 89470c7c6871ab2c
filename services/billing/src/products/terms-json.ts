import type { LoanTerms } from '@tenor/contracts';
import { type GivenTerms, type TermName, type Terms, termName } from './terms.ts';

/** Terms under their public names, those that are there. */
export function givenTermsToJson(terms: GivenTerms): Partial<LoanTerms> {
  const given = Object.entries(terms).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [termName(name as TermName), value])) as Partial<LoanTerms>;
}

/** All terms of a loan under their public names. */
export function termsToJson(terms: Terms): LoanTerms {
  return givenTermsToJson(terms) as LoanTerms;
}

/** The terms that a request gives; those that it leaves out are left out. The request's schema has checked the names. */
export function termsFromJson(given: Readonly<Record<string, unknown>>): GivenTerms {
  const named = Object.entries(given).map(([name, value]) => [camelCase(name), value]);
  return Object.fromEntries(named) as GivenTerms;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
