import type { BusinessDayRule, DayCount, Frequency, FrequencyUnit, LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { parseAmount, parseDecimal, type RoundingMode } from '@tenor/money';

/**
 * What each interest method computes from: its kind of rate, and the terms that only it knows. A new method is one
 * entry here and its planner.
 */
export const interestMethods = {
  flat: { rate: 'flat', own: [] },
  annuity: { rate: 'periodic', own: ['emiSmoothing'] },
  equal_principal: { rate: 'periodic', own: [] },
  bullet: { rate: 'periodic', own: ['bulletInterest'] },
  balloon: { rate: 'periodic', own: ['balloonAmount', 'emiSmoothing'] },
  fixed_instalment: { rate: 'informative', own: ['instalmentAmount'] },
  none: { rate: null, own: [] },
} as const satisfies Record<string, { readonly rate: RateKind | null; readonly own: readonly (keyof Terms)[] }>;

export type InterestMethod = keyof typeof interestMethods;

/**
 * `flat` is over the principal; `periodic` over the balance of each period, stated per year, per month or as an index
 * with a margin; `informative` is kept, and computes nothing.
 */
export type RateKind = 'flat' | 'periodic' | 'informative';

/** A rate that follows an index: its value on a day, the last one from that day or before, plus the margin. */
export interface IndexRate {
  /** The index's name, such as `SOFR`. */
  readonly index: string;
  /** Decimal text, per cent per year; below zero too, but never their sum. */
  readonly marginPercent: string;
  /** In the order of their dates, at least one; the first counts from ever. */
  readonly values: readonly { readonly from: LocalDate; readonly percent: string }[];
}

/** What a borrower pays besides interest. Either an amount (text) or a part of the principal, not both. */
export interface FeeTerm {
  /** Unique among the terms' fees. */
  readonly code: string;
  readonly charged: 'at_disbursement' | 'per_instalment';
  readonly amount: string | null;
  /** Decimal text, per cent of the principal asked for. */
  readonly percent: string | null;
  /** At disbursement only: kept back from the money paid out, or lent on top of it. Null per instalment. */
  readonly treatment: 'deducted' | 'financed' | null;
}

/** Tax on what the lender earns, decimal text, per cent; it is part of the instalment's fee. */
export interface TaxTerm {
  readonly interestPercent: string;
  readonly feePercent: string;
  readonly penaltyPercent: string;
}

/** What a schedule follows from (domain.md §2); a loan keeps its own copy. Amounts and rates are decimal text. */
export interface Terms {
  readonly interestMethod: InterestMethod;
  /** Per cent per year. */
  readonly annualRatePercent: string | null;
  /** Per cent per month; another way to say an annual rate of twelve times as much. */
  readonly monthlyRatePercent: string | null;
  readonly indexRate: IndexRate | null;
  /** Per cent of the principal, over `flatRateBasis`. */
  readonly flatRatePercent: string | null;
  readonly flatRateBasis: 'whole_term' | 'per_annum';
  /** Of `fixed_instalment`: what every instalment but the last asks. */
  readonly instalmentAmount: string | null;
  /** Of `balloon`: the principal of the last instalment. */
  readonly balloonAmount: string | null;
  /** Of `bullet`. */
  readonly bulletInterest: 'each_period' | 'at_end';
  readonly frequency: Frequency;
  readonly numberOfInstalments: number;
  readonly dayCount: DayCount;
  readonly rounding: RoundingMode;
  /** Principal + interest of each instalment but the last is a multiple of it. */
  readonly instalmentMultiple: string | null;
  readonly emiSmoothing: boolean;
  /** Null: one period after the disbursement, and later periods until `minimumDaysToFirstDue` are kept. */
  readonly firstDueDate: LocalDate | null;
  readonly minimumDaysToFirstDue: number;
  /** Name of a holiday calendar; null: no day is a holiday. */
  readonly calendar: string | null;
  readonly businessDayRule: BusinessDayRule;
  /** The first instalments without principal, which is spread over the rest. */
  readonly principalGrace: number;
  /** The first instalments without interest. */
  readonly interestGrace: number;
  /** What becomes of the interest of those: nobody owes it, or the first instalment after them asks for it. */
  readonly interestGraceTreatment: 'waived' | 'carried';
  /** Per cent of the principal, due on the day of disbursement, as the first instalment. */
  readonly downPaymentPercent: string | null;
  /** How often money may be paid out. */
  readonly maximumDisbursements: number;
  readonly fees: readonly FeeTerm[];
  readonly tax: TaxTerm | null;
}

export type TermName = keyof Terms;
/** Terms as somebody states them; what is undefined was not given. */
export type GivenTerms = { readonly [Name in TermName]?: Terms[Name] | undefined };

type RequiredTerm = 'interestMethod' | 'frequency' | 'numberOfInstalments';
const REQUIRED: readonly RequiredTerm[] = ['interestMethod', 'frequency', 'numberOfInstalments'];

/** What a term is when nobody gives it (interfaces.md). */
export const defaultTerms: Omit<Terms, RequiredTerm> = {
  annualRatePercent: null,
  monthlyRatePercent: null,
  indexRate: null,
  flatRatePercent: null,
  flatRateBasis: 'whole_term',
  instalmentAmount: null,
  balloonAmount: null,
  bulletInterest: 'each_period',
  dayCount: '30/360',
  rounding: 'half_even',
  instalmentMultiple: null,
  emiSmoothing: true,
  firstDueDate: null,
  minimumDaysToFirstDue: 0,
  calendar: null,
  businessDayRule: 'none',
  principalGrace: 0,
  interestGrace: 0,
  interestGraceTreatment: 'waived',
  downPaymentPercent: null,
  maximumDisbursements: 1,
  fees: [],
  tax: null,
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

/** The rate as the terms state it, where they state it as one number. */
export function statedRate(terms: Terms): { readonly name: TermName; readonly percent: string } | undefined {
  const names = ['annualRatePercent', 'monthlyRatePercent', 'flatRatePercent'] as const;
  for (const name of names) {
    const percent = terms[name];
    if (percent !== null) return { name, percent };
  }
  return undefined;
}

const RATE_TERMS = ['annualRatePercent', 'monthlyRatePercent', 'indexRate', 'flatRatePercent'] as const;

/** Which terms state a rate of a kind; how many of them there must be. */
const ratesOf: Readonly<Record<RateKind, { terms: readonly (typeof RATE_TERMS)[number][]; isNeeded: boolean }>> = {
  flat: { terms: ['flatRatePercent'], isNeeded: true },
  periodic: { terms: ['annualRatePercent', 'monthlyRatePercent', 'indexRate'], isNeeded: true },
  informative: { terms: ['annualRatePercent', 'monthlyRatePercent'], isNeeded: false },
};

function checkRates(terms: Terms): Refusal | undefined {
  const { interestMethod } = terms;
  const { rate: kind } = interestMethods[interestMethod];
  const allowed = kind === null ? { terms: [], isNeeded: false } : ratesOf[kind];
  const given = RATE_TERMS.filter((name) => terms[name] !== null);
  const foreign = given.find((name) => !allowed.terms.some((each) => each === name));
  if (foreign !== undefined) return invalidTerm(foreign, `has no meaning in ${interestMethod}`);
  const [first = 'annualRatePercent', second] = given;
  if (second !== undefined) return invalidTerm(second, `says the rate again, beside ${termName(first)}`);
  const [needed = first] = allowed.terms;
  if (allowed.isNeeded && given.length === 0) return invalidTerm(needed, `is needed by ${interestMethod}`);
  const stated = statedRate(terms);
  const fault = stated && rateFault(stated.percent);
  return stated && fault !== undefined ? invalidTerm(stated.name, fault) : undefined;
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
