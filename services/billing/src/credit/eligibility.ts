import { type CreditHistory, internalScore, isAboveLimit, type Score, type ScoreScale } from './internal-score.ts';
import { bandOf, isInBand, type RateBand } from './rate-band.ts';

/** Of the monthly income, what current instalments may come to at most. */
const CAP_PER_INCOME = 2n;

/** What is asked for; minor units. */
export interface CreditRequest {
  /** What the borrower asks for. */
  readonly amount: bigint;
  /** With what is lent on top of it. */
  readonly principal: bigint;
  /** Per cent per year; null for a loan that states no such rate. */
  readonly ratePercent: string | null;
  /** Whether the loan may be had at the given rate instead. */
  readonly mayHaveRate: (percent: string) => boolean;
}

/** Who asks, on one day; minor units of the currency that is asked for. */
export interface CreditFacts extends ScoreScale {
  readonly history: CreditHistory;
  /** Principal requested on pending and approved loans, and unpaid principal of active ones. */
  readonly exposure: bigint;
  /** What current and requested loans were asked for. */
  readonly currentAmounts: bigint;
  /** What the instalments of current and requested loans come to in a month. */
  readonly instalmentsNow: bigint;
  /** Null: unknown. */
  readonly monthlyIncome: bigint | null;
}

/** In the order in which an answer names them. */
export const eligibilityReasons = [
  'current_loans_above_limit',
  'score_too_low',
  'rate_below_band',
  'rate_not_correctable',
  'income_unknown',
  'instalments_above_cap',
  'limit_exceeded',
] as const;
/** `rate_below_band` alone does not decline: the loan may be had at the corrected rate. */
export type EligibilityReason = (typeof eligibilityReasons)[number];

/** What is decided of a request; minor units. */
export interface Assessment {
  readonly score: Score;
  readonly isEligible: boolean;
  readonly reasons: readonly EligibilityReason[];
  readonly ratePercent: string | null;
  /** The lowest rate of the band where the one asked for is below it, else the same. */
  readonly correctedRatePercent: string | null;
  /** The most that current instalments may come to in a month; null where the income is unknown. */
  readonly cap: bigint | null;
}

/** Decides by score, rate band, instalments and limit (docs/credit.md). */
export function assess(request: CreditRequest, facts: CreditFacts): Assessment {
  const score = internalScore(facts.history, facts);
  const band = bandOf(score.value);
  const cap = facts.monthlyIncome === null ? null : facts.monthlyIncome / CAP_PER_INCOME;
  const { ratePercent } = request;
  const correctedRatePercent = band === undefined || isInBand(band, ratePercent) ? ratePercent : band.floorPercent;
  const held: Readonly<Record<EligibilityReason, boolean>> = {
    current_loans_above_limit: isAboveLimit(facts),
    score_too_low: band === undefined,
    ...rateFaults(request, band),
    income_unknown: cap === null,
    instalments_above_cap: cap !== null && facts.instalmentsNow > cap,
    limit_exceeded: exceedsLimit(request, facts),
  };
  const reasons = eligibilityReasons.filter((reason) => held[reason]);
  const isEligible = reasons.every((reason) => reason === 'rate_below_band');
  return { score, isEligible, reasons, ratePercent, correctedRatePercent, cap };
}

function rateFaults({ ratePercent, mayHaveRate }: CreditRequest, band: RateBand | undefined) {
  if (band === undefined || band.floorPercent === null || isInBand(band, ratePercent)) {
    return { rate_below_band: false, rate_not_correctable: false };
  }
  return { rate_below_band: true, rate_not_correctable: !mayHaveRate(band.floorPercent) };
}

/** Neither what is owed or reserved nor what current loans lent at first may pass the limit together with the new loan. */
function exceedsLimit({ amount, principal }: CreditRequest, { limit, exposure, currentAmounts }: CreditFacts): boolean {
  return limit !== null && (exposure + principal > limit || currentAmounts + amount > limit);
}
