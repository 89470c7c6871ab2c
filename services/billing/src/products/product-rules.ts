import { date } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { addDecimals, compareDecimals, decimal } from './decimals.ts';
import { checkPolicy, invalidField } from './policy-rules.ts';
import { checkTermBounds, type Product } from './product.ts';
import { ratesOf } from './rate-rules.ts';
import { completeTerms, SPREADING_TERMS } from './term-rules.ts';
import {
  defaultTerms,
  type GivenTerms,
  type InterestMethod,
  interestMethods,
  RATE_TERMS,
  type TermName,
  type Terms,
  termName,
} from './terms.ts';

/**
 * Refuses `terms_invalid`, naming the field at fault, for a product that contradicts itself: terms that make no loan
 * whatever a loan adds, bounds that its own terms break, and what nothing acts on yet.
 */
export function validateProduct(product: Product): Refusal | undefined {
  const { interestMethod } = product.terms;
  if (interestMethod === undefined) return invalidField('interest_method', 'is needed by every product');
  return (
    checkValidity(product) ??
    checkOverridable(product, interestMethod) ??
    checkPolicy(product.policy, interestMethod, product.currency) ??
    checkTerms(product, interestMethod) ??
    checkRateBounds(product, interestMethod)
  );
}

function checkValidity({ validFrom, validTo, terms: { firstDueDate } }: Product): Refusal | undefined {
  if (validFrom === null) return undefined;
  if (validTo !== null && validTo < validFrom) return invalidField('valid_to', 'is before valid_from');
  if (firstDueDate == null || firstDueDate > validFrom) return undefined;
  return invalidField('first_due_date', 'is not after valid_from, before which there is no loan');
}

/** A term that has a meaning only where another one does: the product says that one, or leaves it to the loan too. */
const COMPANIONS = [
  ['businessDayRule', 'calendar'],
  ['interestGraceTreatment', 'interestGrace'],
] as const;

/** A loan may be let give only what its interest method and its other terms look at. */
function checkOverridable({ overridable, terms }: Product, interestMethod: InterestMethod): Refusal | undefined {
  const alone = COMPANIONS.find(
    ([name, other]) => overridable.includes(name) && !overridable.includes(other) && !isStated(terms, other),
  );
  if (alone !== undefined) {
    const [name, other] = alone.map(termName);
    return invalidField('overridable', `has ${name}, which has no meaning without ${other}`);
  }
  if (overridable.includes('interestMethod')) return undefined;
  const method = interestMethods[interestMethod];
  const rates: readonly TermName[] = method.rate === null ? [] : ratesOf[method.rate].terms;
  const meant: readonly TermName[] = [...method.own, ...rates];
  const methodical: readonly TermName[] = [...SPREADING_TERMS, ...RATE_TERMS];
  const idle = overridable.find((name) => methodical.includes(name) && !meant.includes(name));
  return idle === undefined
    ? undefined
    : invalidField('overridable', `has ${termName(idle)}, which has no meaning in ${interestMethod}`);
}

/** The terms at both ends of the tenor that the product lends must make loans. */
function checkTerms(product: Product, interestMethod: InterestMethod): Refusal | undefined {
  for (const numberOfInstalments of tenorsOf(product)) {
    const terms = completeTerms({ ...loanLike(product, interestMethod), numberOfInstalments }, product.currency);
    if ('refused' in terms) return terms;
    const outside = checkTermBounds(product, terms);
    if (outside !== undefined) return { ...outside, refused: 'terms_invalid' };
    const refusal = checkLeastPrincipal(product, terms);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

const TENOR_TRIED = 12;

function tenorsOf({ terms, overridable, policy }: Product): readonly (number | undefined)[] {
  const stated = terms.numberOfInstalments;
  const { tenorBounds } = policy;
  if (!overridable.includes('numberOfInstalments')) return [stated];
  if (tenorBounds !== null) return [tenorBounds.min, tenorBounds.max, ...(stated === undefined ? [] : [stated])];
  return [stated ?? TENOR_TRIED + (terms.principalGrace ?? 0) + (terms.interestGrace ?? 0)];
}

/** The product's terms, and something fitting for each but the number of instalments that it leaves to the loan. */
function loanLike({ terms, overridable, policy }: Product, interestMethod: InterestMethod): GivenTerms {
  const { rate, own } = interestMethods[interestMethod];
  const isGiven = RATE_TERMS.some((name) => terms[name] != null);
  const rateTerm =
    rate === null || isGiven ? undefined : ratesOf[rate].terms.find((name) => overridable.includes(name));
  const fitting: GivenTerms = {
    frequency: { every: 1, unit: 'month' },
    ...(has(own, 'instalmentAmount') && { instalmentAmount: '1' }),
    ...(has(own, 'balloonAmount') && { balloonAmount: '1' }),
    ...(isStated(terms, 'businessDayRule') && { calendar: 'any' }),
    ...(isStated(terms, 'calendar') && { businessDayRule: 'following' }),
    ...(isStated(terms, 'interestGraceTreatment') && { interestGrace: 1 }),
  };
  const left = Object.entries(fitting).filter(
    ([name]) => overridable.includes(name as TermName) && terms[name as TermName] == null,
  );
  return {
    ...terms,
    ...Object.fromEntries(left),
    ...(rateTerm !== undefined && rateOf(rateTerm, policy.rateBounds?.min ?? '1')),
  };
}

const isStated = (terms: GivenTerms, name: keyof typeof defaultTerms): boolean =>
  terms[name] !== undefined && terms[name] !== defaultTerms[name];
const has = (names: readonly TermName[], name: TermName): boolean => names.includes(name);

function rateOf(name: (typeof RATE_TERMS)[number], percent: string): GivenTerms {
  if (name !== 'indexRate') return { [name]: percent };
  return { indexRate: { index: 'ANY', marginPercent: '0', values: [{ from: date('2000-01-01'), percent }] } };
}

/** Bounds are of one rate: of two that a loan may choose between, one would pass them in the other's unit. */
function checkRateBounds({ terms, overridable, policy }: Product, interestMethod: InterestMethod): Refusal | undefined {
  if (policy.rateBounds === null) return undefined;
  const { rate } = interestMethods[interestMethod];
  if (rate === null || rate === 'informative') {
    return invalidField('rate_bounds', `have no meaning in ${interestMethod}`);
  }
  const stated = RATE_TERMS.filter((name) => terms[name] != null || overridable.includes(name));
  if (stated.includes('indexRate')) return invalidField('rate_bounds', 'have no meaning in index_rate');
  return stated.length > 1
    ? invalidField('rate_bounds', `are of one rate, but a loan may state ${stated.map(termName).join(' or ')}`)
    : undefined;
}

/** What is taken out of a principal must leave something of the least one. */
function checkLeastPrincipal({ policy }: Product, terms: Terms): Refusal | undefined {
  if (policy.principalBounds === null) return undefined;
  const least = decimal(policy.principalBounds.min);
  const { balloonAmount, fees } = terms;
  if (balloonAmount !== null && compareDecimals(decimal(balloonAmount), least) >= 0) {
    return invalidField('balloon_amount', 'is not below the least principal of principal_bounds');
  }
  const deducted = fees
    .filter(({ treatment }) => treatment === 'deducted')
    .map(({ amount, percent }) => (amount === null ? partOf(least, percent ?? '0') : decimal(amount)));
  const total = deducted.reduce(addDecimals, decimal('0'));
  return compareDecimals(total, least) < 0
    ? undefined
    : invalidField('fees', 'deduct all of the least principal of principal_bounds');
}

function partOf(whole: ReturnType<typeof decimal>, percent: string): ReturnType<typeof decimal> {
  const part = decimal(percent);
  return {
    numerator: whole.numerator * part.numerator,
    denominator: whole.denominator * part.denominator * 100n,
  };
}
