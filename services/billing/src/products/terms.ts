import type { DayCount, Frequency, FrequencyUnit, LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { parseAmount, parseDecimal, type RoundingMode } from '@tenor/money';

/** What each interest method computes from: the rate that it needs. A new method is one entry here and its planner. */
export const interestMethods = {
  flat: { rate: 'flatRatePercent' },
  annuity: { rate: 'annualRatePercent' },
  none: { rate: null },
} as const satisfies Record<string, { readonly rate: RateTerm | null }>;

export type InterestMethod = keyof typeof interestMethods;
export type RateTerm = 'annualRatePercent' | 'flatRatePercent';

/** What a schedule follows from (domain.md §2); a loan keeps its own copy. */
export interface Terms {
  readonly interestMethod: InterestMethod;
  /** Decimal text, per cent per year. */
  readonly annualRatePercent: string | null;
  /** Decimal text, per cent of the principal, over `flatRateBasis`. */
  readonly flatRatePercent: string | null;
  readonly flatRateBasis: 'whole_term' | 'per_annum';
  readonly frequency: Frequency;
  readonly numberOfInstalments: number;
  readonly dayCount: DayCount;
  readonly rounding: RoundingMode;
  /** Amount text: principal + interest of each instalment but the last is a multiple of it. */
  readonly instalmentMultiple: string | null;
  readonly emiSmoothing: boolean;
  /** Null: one period after the disbursement. */
  readonly firstDueDate: LocalDate | null;
}

export type TermName = keyof Terms;
/** Terms as somebody states them; what is undefined was not given. */
export type GivenTerms = { readonly [Name in TermName]?: Terms[Name] | undefined };

type RequiredTerm = 'interestMethod' | 'frequency' | 'numberOfInstalments';
const REQUIRED: readonly RequiredTerm[] = ['interestMethod', 'frequency', 'numberOfInstalments'];

/** What a term is when nobody gives it (interfaces.md). */
export const defaultTerms: Omit<Terms, RequiredTerm> = {
  annualRatePercent: null,
  flatRatePercent: null,
  flatRateBasis: 'whole_term',
  dayCount: '30/360',
  rounding: 'half_even',
  instalmentMultiple: null,
  emiSmoothing: true,
  firstDueDate: null,
};

export const MAX_INSTALMENTS = 1_200;
export const MAX_TERM_YEARS = 100;
export const MAX_RATE_PERCENT = 10_000n;
const MAX_RATE_DECIMALS = 10;

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
  const missing = REQUIRED.find((name) => given[name] === undefined);
  if (missing !== undefined) return invalidTerm(missing, 'is missing and has no default');
  const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const terms = { ...defaultTerms, ...stated } as Terms;
  return validateTerms(terms, currency) ?? terms;
}

/** Refuses `terms_invalid` when well-formed terms make no loan together, naming the first term at fault. */
export function validateTerms(terms: Terms, currency: string): Refusal | undefined {
  return checkLength(terms) ?? checkRates(terms) ?? checkMultiple(terms, currency);
}

/** The name of a term in JSON, for messages. */
export function termName(name: TermName): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function invalidTerm(name: TermName, fault: string): Refusal {
  return { refused: 'terms_invalid', detail: `${termName(name)} ${fault}.`, meta: { term: termName(name) } };
}

function checkLength({ numberOfInstalments, frequency }: Terms): Refusal | undefined {
  if (!Number.isInteger(numberOfInstalments) || numberOfInstalments < 1 || numberOfInstalments > MAX_INSTALMENTS) {
    return invalidTerm('numberOfInstalments', `must be a whole number from 1 to ${MAX_INSTALMENTS}`);
  }
  if (!Number.isInteger(frequency.every) || frequency.every < 1) {
    return invalidTerm('frequency', 'must be every 1 or more whole units');
  }
  if (numberOfInstalments * frequency.every > MAX_TERM_YEARS * UNITS_PER_YEAR[frequency.unit]) {
    return invalidTerm('frequency', `with ${numberOfInstalments} instalments is longer than ${MAX_TERM_YEARS} years`);
  }
  return undefined;
}

function checkRates(terms: Terms): Refusal | undefined {
  const needed = interestMethods[terms.interestMethod].rate;
  for (const name of ['annualRatePercent', 'flatRatePercent'] as const) {
    const rate = terms[name];
    if (name === needed && rate === null) return invalidTerm(name, `is needed by ${terms.interestMethod}`);
    if (name !== needed && rate !== null) return invalidTerm(name, `has no meaning in ${terms.interestMethod}`);
    const fault = rate === null ? undefined : rateFault(rate);
    if (fault !== undefined) return invalidTerm(name, fault);
  }
  return undefined;
}

function rateFault(text: string): string | undefined {
  const rate = parseDecimal(text);
  if (rate === undefined) return 'is not a decimal';
  if ((text.split('.')[1] ?? '').length > MAX_RATE_DECIMALS) return `has more than ${MAX_RATE_DECIMALS} decimals`;
  if (rate.numerator < 0n || rate.numerator > MAX_RATE_PERCENT * rate.denominator) {
    return `must be from 0 to ${MAX_RATE_PERCENT}`;
  }
  return undefined;
}

function checkMultiple({ instalmentMultiple }: Terms, currency: string): Refusal | undefined {
  if (instalmentMultiple === null) return undefined;
  const minor = parseAmount(instalmentMultiple, currency);
  if (typeof minor === 'bigint' && minor > 0n) return undefined;
  return invalidTerm('instalmentMultiple', `is no amount of ${currency} above zero`);
}
