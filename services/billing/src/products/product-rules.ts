import { date, isDaily } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { outlayOf } from './outlay.ts';
import { checkPolicy, invalidField } from './policy-rules.ts';
import { checkTermBounds, type Product } from './product.ts';
import { ratesOf } from './rate-rules.ts';
import { statedAmount } from './stated-amount.ts';
import { completeTerms, SPREADING_TERMS } from './term-rules.ts';
import {
  defaultFee,
  defaultTerms,
  type GivenTerms,
  type InterestMethod,
  interestMethods,
  RATE_TERMS,
  type TermName,
  type Terms,
  termName,
} from './terms.ts';
import { checkFirstDueDate, checkValidity } from './validity-rules.ts';

/** No rule of a product's terms and principal looks at it. */
const ANY_DAY = date('2000-01-01');

/**
 * Refuses `terms_invalid`, naming the field at fault, for a product that contradicts itself: terms that make no loan
 * whatever a loan adds, bounds that its own terms break, and what nothing acts on yet.
 */
export function validateProduct(product: Product): Refusal | undefined {
  const { interestMethod } = product.terms;
  if (interestMethod === undefined) return invalidField('interest_method', 'is needed by every product');
  const contradiction =
    checkValidity(product) ??
    checkOverridable(product, interestMethod) ??
    checkPolicy(product.policy, interestMethod, product.currency);
  if (contradiction !== undefined) return contradiction;
  const tried = termsTried(product, interestMethod);
  if ('refused' in tried) return tried;
  return (
    checkSecondRate(product) ??
    checkRateBounds(product, interestMethod) ??
    checkTried(product, tried) ??
    checkPrincipals(product, tried)
  );
}

/** A term that has a meaning only where another one does: the product says that one, or leaves it to the loan too. */
const COMPANIONS: readonly {
  readonly name: TermName;
  /** The first is named where none of them is there. */
  readonly others: readonly [TermName, ...TermName[]];
  readonly isMeant: (terms: GivenTerms) => boolean;
}[] = [
  { name: 'businessDayRule', others: ['calendar'], isMeant: (terms) => isStated(terms, 'calendar') },
  {
    name: 'calendar',
    others: ['businessDayRule', 'frequency'],
    isMeant: (terms) =>
      isStated(terms, 'businessDayRule') || (terms.frequency !== undefined && isDaily(terms.frequency)),
  },
  { name: 'interestGraceTreatment', others: ['interestGrace'], isMeant: (terms) => isStated(terms, 'interestGrace') },
];

/** A loan may be let give only what its interest method and its other terms look at. */
function checkOverridable({ overridable, terms }: Product, interestMethod: InterestMethod): Refusal | undefined {
  const isLeft = (name: TermName): boolean => overridable.includes(name);
  const alone = COMPANIONS.find(({ name, others, isMeant }) => isLeft(name) && !others.some(isLeft) && !isMeant(terms));
  if (alone !== undefined) {
    const [name, other] = [alone.name, alone.others[0]].map(termName);
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

/** The terms of loans at both ends of the tenor that the product lends, the fewest instalments first. */
function termsTried(product: Product, interestMethod: InterestMethod): Terms[] | Refusal {
  const tried: Terms[] = [];
  for (const numberOfInstalments of tenorsOf(product)) {
    const terms = completeTerms({ ...loanLike(product, interestMethod), numberOfInstalments }, product.currency);
    if ('refused' in terms) return terms;
    tried.push(terms);
  }
  return tried;
}

function checkTried(product: Product, tried: readonly Terms[]): Refusal | undefined {
  for (const terms of tried) {
    const outside = checkTermBounds(product, terms);
    if (outside !== undefined) return { ...outside, refused: 'terms_invalid' };
    const refusal = checkFirstDueDate(product, terms);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** From the fewest instalments to the most; where the product names no fewest, as few as leave one beside any grace. */
function tenorsOf({ terms, overridable, policy }: Product): readonly (number | undefined)[] {
  const stated = terms.numberOfInstalments;
  if (!overridable.includes('numberOfInstalments')) return [stated];
  const fewest = 2 + Math.max(terms.principalGrace ?? 0, terms.interestGrace ?? 0);
  const { min, max } = policy.tenorBounds ?? { min: Math.min(fewest, stated ?? fewest), max: stated ?? fewest };
  const tenors = [min, max, ...(stated === undefined ? [] : [stated])];
  return [...new Set(tenors)].toSorted((one, other) => one - other);
}

/** The least principal is lent over the fewest instalments, and the greatest over the most. */
function checkPrincipals({ policy, currency }: Product, tried: readonly Terms[]): Refusal | undefined {
  const [bounds, fewest, most] = [policy.principalBounds, tried[0], tried.at(-1)];
  if (bounds === null || fewest === undefined || most === undefined) return undefined;
  for (const [principal, terms] of [[bounds.max, most] as const, [bounds.min, fewest] as const]) {
    const disbursement = { on: ANY_DAY, amount: statedAmount(principal, currency) };
    const outlay = outlayOf(terms, currency, [disbursement]);
    if (!('refused' in outlay)) continue;
    const detail = `principal_bounds allow ${principal}, which makes no loan: ${outlay.detail}`;
    return { refused: 'terms_invalid', detail, meta: { term: 'principal_bounds' } };
  }
  return undefined;
}

/** The product's terms, and something fitting for each but the number of instalments that it leaves to the loan. */
function loanLike({ terms, overridable, policy, currency }: Product, interestMethod: InterestMethod): GivenTerms {
  const { rate, own } = interestMethods[interestMethod];
  const isGiven = RATE_TERMS.some((name) => terms[name] != null);
  const rateTerm =
    rate === null || isGiven ? undefined : ratesOf[rate].terms.find((name) => overridable.includes(name));
  const least = formatAmount(1n, currency);
  const fitting: GivenTerms = {
    frequency: { every: 1, unit: 'month' },
    ...(has(own, 'instalmentAmount') && { instalmentAmount: least }),
    ...(has(own, 'balloonAmount') && { balloonAmount: least }),
    ...(isStated(terms, 'businessDayRule') && { calendar: 'any' }),
    ...(isStated(terms, 'calendar') && { businessDayRule: 'following' }),
    ...(isStated(terms, 'interestGraceTreatment') && { interestGrace: 1 }),
    ...(isStated(terms, 'tax') && { fees: [{ ...defaultFee, code: 'any', charged: 'per_instalment', amount: least }] }),
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
  return { indexRate: { index: 'ANY', marginPercent: '0', values: [{ from: ANY_DAY, percent }] } };
}

/** A loan states one rate: it can give another only where it may take away the product's. */
function checkSecondRate({ terms, overridable }: Product): Refusal | undefined {
  const fixed = RATE_TERMS.find((name) => terms[name] != null && !overridable.includes(name));
  const second = RATE_TERMS.find((name) => overridable.includes(name));
  if (fixed === undefined || second === undefined) return undefined;
  const [given, stated] = [second, fixed].map(termName);
  return invalidField('overridable', `has ${given}, which no loan can give beside ${stated}, which is fixed`);
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
