import { addMonths, type FrequencyUnit, isDaily, type LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { isAmount } from './decimals.ts';
import { checkFees } from './fee-rules.ts';
import { checkRates } from './rate-rules.ts';
import {
  defaultTerms,
  type GivenTerms,
  interestMethods,
  invalidTerm,
  REQUIRED_TERMS,
  type SpreadingTerm,
  type Terms,
} from './terms.ts';

export const MAX_TERM_YEARS = 100;
const MONTHS_PER_YEAR = 12;

/** The last day on which an instalment of a loan may nominally fall due. */
export function latestEnd(disbursedOn: LocalDate): LocalDate {
  return addMonths(disbursedOn, MAX_TERM_YEARS * MONTHS_PER_YEAR);
}

const UNITS_PER_YEAR: Readonly<Record<FrequencyUnit, number>> = {
  day: 365,
  week: 52,
  semi_month: 24,
  month: 12,
  quarter: 4,
};

/**
 * Fills what was not given with the defaults and checks the whole, for a loan in this currency.
 * Refuses `terms_invalid`.
 */
export function completeTerms(given: GivenTerms, currency: string): Terms | Refusal {
  const missing = REQUIRED_TERMS.find((name) => given[name] === undefined);
  if (missing !== undefined) return invalidTerm(missing, 'is missing and has no default');
  const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const terms = { ...defaultTerms, ...stated } as Terms;
  return validateTerms(terms, currency) ?? terms;
}

/**
 * Refuses `terms_invalid` when terms that are each well-formed (terms.schemas.ts) make no loan together, naming the first
 * at fault.
 */
export function validateTerms(terms: Terms, currency: string): Refusal | undefined {
  return (
    checkLength(terms) ??
    checkRates(terms) ??
    checkMeaning(terms) ??
    checkAmounts(terms, currency) ??
    checkGrace(terms) ??
    checkDueDates(terms) ??
    checkFees(terms, currency)
  );
}

function checkLength({ numberOfInstalments, frequency, interestMethod }: Terms): Refusal | undefined {
  if (interestMethod === 'balloon' && numberOfInstalments < 2) {
    return invalidTerm('numberOfInstalments', 'must be 2 or more in balloon, whose last instalment is the balloon');
  }
  if (numberOfInstalments * frequency.every > MAX_TERM_YEARS * UNITS_PER_YEAR[frequency.unit]) {
    return invalidTerm('frequency', `with ${numberOfInstalments} instalments is longer than ${MAX_TERM_YEARS} years`);
  }
  return undefined;
}

export const SPREADING_TERMS = Object.keys({
  flatRateBasis: true,
  instalmentAmount: true,
  balloonAmount: true,
  bulletInterest: true,
  instalmentMultiple: true,
  principalGrace: true,
  interestGrace: true,
} satisfies Record<SpreadingTerm, true>) as readonly SpreadingTerm[];

/** A term that the method never looks at must be left at its default, else somebody believes in it. */
function checkMeaning(terms: Terms): Refusal | undefined {
  const own: readonly SpreadingTerm[] = interestMethods[terms.interestMethod].own;
  const idle = SPREADING_TERMS.find((name) => !own.includes(name) && terms[name] !== defaultTerms[name]);
  return idle === undefined ? undefined : invalidTerm(idle, `has no meaning in ${terms.interestMethod}`);
}

function checkAmounts(terms: Terms, currency: string): Refusal | undefined {
  const own: readonly SpreadingTerm[] = interestMethods[terms.interestMethod].own;
  for (const name of ['instalmentAmount', 'balloonAmount'] as const) {
    if (own.includes(name) && terms[name] === null) return invalidTerm(name, `is needed by ${terms.interestMethod}`);
  }
  for (const name of ['instalmentAmount', 'balloonAmount', 'instalmentMultiple'] as const) {
    const amount = terms[name];
    if (amount !== null && !isAmount(amount, currency)) {
      return invalidTerm(name, `is no amount of ${currency}`);
    }
  }
  return undefined;
}

function checkGrace(terms: Terms): Refusal | undefined {
  const { interestMethod, numberOfInstalments, interestGrace } = terms;
  // The balloon's own instalment repays what is given; one more must be left for the rest of the principal.
  const repaying = interestMethod === 'balloon' ? 2 : 1;
  const longest = { principalGrace: numberOfInstalments - repaying, interestGrace: numberOfInstalments - 1 };
  for (const name of ['principalGrace', 'interestGrace'] as const) {
    if (terms[name] > longest[name]) {
      return invalidTerm(
        name,
        `must be at most ${longest[name]} with ${numberOfInstalments} instalments of ${interestMethod}`,
      );
    }
  }
  if (terms.bulletInterest === 'at_end' && interestGrace > 0) {
    return invalidTerm('interestGrace', 'has no meaning where bullet_interest is at_end');
  }
  if (terms.interestGraceTreatment !== defaultTerms.interestGraceTreatment && interestGrace === 0) {
    return invalidTerm('interestGraceTreatment', 'has no meaning without interest_grace');
  }
  return undefined;
}

function checkDueDates({ frequency, calendar, businessDayRule }: Terms): Refusal | undefined {
  if (businessDayRule !== 'none' && calendar === null) {
    return invalidTerm('businessDayRule', 'has no meaning without a calendar');
  }
  // A daily frequency skips the calendar's closed days whatever the rule (domain.md §1).
  if (calendar !== null && businessDayRule === 'none' && !isDaily(frequency)) {
    return invalidTerm('calendar', 'has no meaning without a business_day_rule');
  }
  return undefined;
}
