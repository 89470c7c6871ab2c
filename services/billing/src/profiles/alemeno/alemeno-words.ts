import type { EligibilityReason } from '../../credit/eligibility.ts';

const because: Readonly<Record<Exclude<EligibilityReason, 'rate_below_band'>, string>> = {
  current_loans_above_limit: 'the current loans are above the approved limit',
  score_too_low: 'the credit score is too low',
  rate_not_correctable: 'the interest rate cannot be corrected',
  income_unknown: 'the monthly salary is unknown',
  instalments_above_cap: 'the current EMIs are above half of the monthly salary',
  limit_exceeded: 'the current loans and this one together are above the approved limit',
};

/** Why an application is not approved, in a sentence. */
export function whyDeclined(reasons: readonly EligibilityReason[]): string {
  const said = reasons.flatMap((reason) => (reason === 'rate_below_band' ? [] : [because[reason]]));
  return `Loan not approved: ${said.join('; ')}.`;
}

/** That it is, and at which rate where that is not the one asked for; per cent per year. */
export function approval(ratePercent: string | null, correctedPercent: string | null): string {
  if (ratePercent === correctedPercent) return 'Loan approved.';
  return `Loan approved at ${correctedPercent} %, the lowest rate for this credit score; ${ratePercent} % was asked for.`;
}
