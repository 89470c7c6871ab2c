import type { LoanTerms } from '@tenor/contracts';
import { camelCased, snakeCased } from './json-names.ts';
import { defaultFee, defaultTax, type FeeTerm, type GivenTerms, type TaxTerm, type Terms } from './terms.ts';

/** Terms under their public names, those that are there. */
export function givenTermsToJson(terms: GivenTerms): Partial<LoanTerms> {
  const given = Object.entries(terms).filter(([, value]) => value !== undefined);
  return snakeCased(Object.fromEntries(given)) as Partial<LoanTerms>;
}

/** All terms of a loan under their public names. */
export function termsToJson(terms: Terms): Required<LoanTerms> {
  return givenTermsToJson(terms) as Required<LoanTerms>;
}

/**
 * The terms that a request gives; those that it leaves out are left out, and a fee or tax given in part is completed.
 * The request's schema has checked the names.
 */
export function termsFromJson(given: object): GivenTerms {
  const { fees, tax, ...terms } = camelCased(given) as GivenTermsJson;
  return {
    ...terms,
    ...(fees !== undefined && { fees: fees.map((fee) => ({ ...defaultFee, ...fee })) }),
    ...(tax !== undefined && { tax: tax && { ...defaultTax, ...tax } }),
  };
}

interface GivenTermsJson extends Omit<GivenTerms, 'fees' | 'tax'> {
  readonly fees?: readonly (Pick<FeeTerm, 'code' | 'charged'> & Partial<FeeTerm>)[];
  readonly tax?: Partial<TaxTerm> | null;
}
