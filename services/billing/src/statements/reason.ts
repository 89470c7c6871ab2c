import type { LocalDate } from '@tenor/calendar';
import { type Fraction, formatAmount } from '@tenor/money';
import { decimalText } from '../products/decimals.ts';

/** An exact number where decimals would not end. */
export interface ExactJson {
  readonly numerator: string;
  readonly denominator: string;
}

/** A part of a period in which neither the rate nor the balance changes: it costs balance × rate × part of a year. */
export interface SegmentJson {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly balance: string;
  readonly annual_rate_percent: string;
  readonly year_fraction: ExactJson;
}

/** A period that had begun: its interest in minor units, not rounded, and how many of its days count. */
export interface PassedJson {
  readonly exact_interest: ExactJson;
  readonly days: number;
  readonly elapsed_days: number;
}

/** A fee of each instalment, as the terms have it. */
export interface FeeJson {
  readonly code: string;
  readonly amount: string | null;
  readonly percent: string | null;
}

/** What rules reckon with, under the names of the answer; amounts as decimal text. Each rule has its own of them. */
export interface Inputs {
  readonly rounding?: string;
  readonly instalment_multiple?: string;
  readonly emi_smoothing?: boolean;
  readonly balance_before?: string;
  readonly balance_after?: string;
  readonly residual?: string;
  readonly level_instalment?: string;
  readonly period_interest?: string;
  readonly principal?: string;
  readonly instalments?: number;
  readonly position?: number;
  readonly down_payment_percent?: string;
  readonly periods?: { readonly segments: SegmentJson[] }[];
  readonly total_interest?: string;
  readonly other_instalments?: string;
  readonly flat_rate_percent?: string;
  readonly flat_years?: ExactJson;
  readonly stated_instalment?: string;
  readonly fees?: FeeJson[];
  readonly tax_interest_percent?: string;
  readonly tax_fee_percent?: string;
  readonly tax_penalty_percent?: string;
  readonly penalty_before?: string;
  readonly penalty_after?: string;
  readonly late_interest_before?: string;
  readonly late_interest_after?: string;
  readonly planned_interest?: string;
  readonly penalty_amount?: string;
  readonly percent_per_day?: string;
  readonly cap?: string;
  readonly overdue?: string;
  readonly days?: number;
  readonly amount_days_before?: string;
  readonly amount_days?: string;
  readonly grown_before?: string;
  readonly annual_rate_percent?: string;
  readonly year_basis?: number;
  readonly code?: string;
  readonly amount?: string;
  readonly received?: string;
  readonly spent_elsewhere?: string;
  readonly left?: string;
  readonly owed_before?: string;
  readonly asked?: string;
  readonly not_due_planned?: string;
  readonly not_due_owed?: string;
  readonly earned?: string;
  readonly earlier_owed?: string;
  readonly running_periods?: PassedJson[];
  readonly postponed_interest?: string;
  readonly ended_interest?: string;
  readonly before?: string;
  readonly after?: string;
}

/** By what rule an amount came about, from what numbers, and the same in a sentence. */
export interface Reason {
  /** A stable code. */
  readonly rule: string;
  readonly inputs: Inputs;
  readonly text: string;
}

export const exactJson = ({ numerator, denominator }: Fraction): ExactJson => ({
  numerator: String(numerator),
  denominator: String(denominator),
});

/** A part of one as per cent. */
export const percentText = ({ numerator, denominator }: Fraction): string =>
  decimalText({ numerator: numerator * 100n, denominator });

/** Minor units of a currency as decimal text. */
export const amountsIn =
  (currency: string) =>
  (minor: bigint): string =>
    formatAmount(minor, currency);
