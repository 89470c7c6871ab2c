import type { BusinessDayRule, DayCount, Frequency, LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import type { RoundingMode } from '@tenor/money';

/** The terms that say how principal and interest are spread; each has a meaning in some interest methods only. */
export type SpreadingTerm =
  | 'flatRateBasis'
  | 'instalmentAmount'
  | 'balloonAmount'
  | 'bulletInterest'
  | 'instalmentMultiple'
  | 'principalGrace'
  | 'interestGrace';

/**
 * What each interest method computes from: its kind of rate, and which spreading terms have a meaning in it. A new
 * method is one entry here and its planner.
 */
export const interestMethods = {
  flat: { rate: 'flat', own: ['flatRateBasis', 'instalmentMultiple', 'principalGrace', 'interestGrace'] },
  annuity: { rate: 'periodic', own: ['instalmentMultiple', 'principalGrace', 'interestGrace'] },
  equal_principal: { rate: 'periodic', own: ['instalmentMultiple', 'principalGrace', 'interestGrace'] },
  bullet: { rate: 'periodic', own: ['bulletInterest', 'interestGrace'] },
  balloon: {
    rate: 'periodic',
    own: ['balloonAmount', 'instalmentMultiple', 'principalGrace', 'interestGrace'],
  },
  fixed_instalment: { rate: 'informative', own: ['instalmentAmount'] },
  none: { rate: null, own: ['instalmentMultiple', 'principalGrace'] },
} as const satisfies Record<string, { readonly rate: RateKind | null; readonly own: readonly SpreadingTerm[] }>;

export type InterestMethod = keyof typeof interestMethods;

/**
 * `flat` is over the principal; `periodic` over the balance of each period, stated per year, per month or as an index
 * with a margin; `informative` is kept, and computes nothing.
 */
export type RateKind = 'flat' | 'periodic' | 'informative';

/** More values than this an index does not have. */
export const INDEX_VALUES_MAX = 120;

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
  readonly charged: 'at_disbursement' | 'per_instalment' | 'on_event';
  readonly amount: string | null;
  /** Decimal text, per cent of the principal asked for. */
  readonly percent: string | null;
  /** At disbursement only: kept back from the money paid out, or lent on top of it. */
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
  /** Of `annuity` and `balloon`; the others have no equal instalment that could move, whatever it says. */
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

/** What a fee is where nothing is said of it. */
export const defaultFee: Omit<FeeTerm, 'code' | 'charged'> = { amount: null, percent: null, treatment: null };
/** What is taxed where nothing is said of it. */
export const defaultTax: TaxTerm = { interestPercent: '0', feePercent: '0', penaltyPercent: '0' };

export type TermName = keyof Terms;
/** Terms as somebody states them; what is undefined was not given. */
export type GivenTerms = { readonly [Name in TermName]?: Terms[Name] | undefined };

/** The terms without a default. */
export const REQUIRED_TERMS = ['interestMethod', 'frequency', 'numberOfInstalments'] as const;
type RequiredTerm = (typeof REQUIRED_TERMS)[number];

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

/** Terms as they were stored, perhaps before some of them existed: those have their defaults. */
export function storedTerms(stored: Omit<GivenTerms, RequiredTerm> & Pick<Terms, RequiredTerm>): Terms {
  return { ...defaultTerms, ...stored } as Terms;
}

/** The terms that state a rate; a loan has one of them at most. */
export const RATE_TERMS = ['annualRatePercent', 'monthlyRatePercent', 'indexRate', 'flatRatePercent'] as const;
export type RateTerm = (typeof RATE_TERMS)[number];

/** The rate as the terms state it, where they state it as one number. */
export function statedRate(terms: Terms): { readonly name: TermName; readonly percent: string } | undefined {
  const names = ['annualRatePercent', 'monthlyRatePercent', 'flatRatePercent'] as const;
  for (const name of names) {
    const percent = terms[name];
    if (percent !== null) return { name, percent };
  }
  return undefined;
}

/** The name of a term in JSON, for messages. */
export function termName(name: TermName): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function invalidTerm(name: TermName, fault: string): Refusal {
  return { refused: 'terms_invalid', detail: `${termName(name)} ${fault}.`, meta: { term: termName(name) } };
}
